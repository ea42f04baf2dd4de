import type { AnyNode, Identifier, Pattern, Program } from 'acorn';
import { childKeys } from './child-keys.js';
import { Scope } from './scope.js';
import type { Definition, Reference } from './variable.js';

type Use = 'read' | 'write' | 'both';

/** One use of a name, in its scope. */
class Used implements Reference {
  constructor(
    readonly identifier: AnyNode,
    readonly from: Scope,
    private readonly use: Use,
    readonly init: boolean,
  ) {}
  isWrite(): boolean {
    return this.use !== 'read';
  }
  isRead(): boolean {
    return this.use !== 'write';
  }
}

type NodeOf<Type extends AnyNode['type']> = Extract<AnyNode, { readonly type: Type }>;
type Reader = (this: ScopeReader, node: never) => void;
/** What is done with each name of a pattern. */
type OnName = (name: Identifier) => void;

/** JSX is not among the nodes of acorn. */
interface Jsx {
  readonly type: string;
  readonly name?: Jsx | string;
  readonly object?: Jsx;
  readonly attributes?: readonly AnyNode[];
}

/** A name, wherever it stands in a program. */
export interface Name {
  /** The scopes that declare it, as they are met. */
  readonly scopes: Scope[];
  /** In the order in which they are written. */
  readonly uses: Used[];
}

/** Reads a program once, in the order in which it is written: where its names are declared and used. */
export class ScopeReader {
  readonly names = new Map<string, Name>();
  readonly top: Scope;
  #scope: Scope;
  #scopes = 0;

  /** @param isModule It has imports or exports; else it is CommonJS, whose top level is a function. */
  constructor(program: Program, isModule: boolean) {
    this.top = new Scope(undefined, 0, true, undefined, !isModule);
    this.#scope = this.top;
    this.each(program.body);
  }

  visit(node: AnyNode | null | undefined): void {
    if (!node) return;
    const reader = readers.get(node.type);
    if (reader) reader.call(this, node as never);
    else this.children(node);
  }

  each(nodes: readonly (AnyNode | null)[]): void {
    for (const node of nodes) this.visit(node);
  }

  children(node: AnyNode): void {
    const held = node as unknown as Readonly<Record<string, AnyNode | readonly (AnyNode | null)[] | null | undefined>>;
    for (const key of childKeys(node)) {
      const child = held[key];
      if (Array.isArray(child)) this.each(child);
      else this.visit(child as AnyNode | null | undefined);
    }
  }

  /** Reads a part of the program that has a scope of its own. */
  inside(scope: Scope, read: () => void): void {
    const around = this.#scope;
    this.#scope = scope;
    read();
    this.#scope = around;
  }

  /** A scope below the current one. */
  below(isForVar = false, bodyStart?: number, hasArguments?: boolean): Scope {
    this.#scopes += 1;
    return new Scope(this.#scope, this.#scopes, isForVar, bodyStart, hasArguments);
  }

  define(type: Definition['type'], name: Identifier, node: AnyNode, scope = this.#scope): void {
    if (scope.define(type, name, node)) this.#named(name.name).scopes.push(scope);
  }

  /** The scope that `var` declares in. */
  get ofVar(): Scope {
    return this.#scope.ofVar;
  }

  get current(): Scope {
    return this.#scope;
  }

  use(name: AnyNode, use: Use, isInit = false): void {
    this.#named((name as Identifier).name).uses.push(new Used(name, this.#scope, use, isInit));
  }

  #named(name: string): Name {
    const known = this.names.get(name);
    if (known) return known;
    const made: Name = { scopes: [], uses: [] };
    this.names.set(name, made);
    return made;
  }

  /**
   * Each name that a pattern sets, then what it computes: default values, computed keys, objects whose members it sets.
   *
   * @param isAgain Only the names: the rest was read before.
   */
  pattern(pattern: Pattern | null | undefined, isInit: boolean, onName: OnName, isAgain = false): void {
    const computed: AnyNode[] = [];
    const walk = (node: AnyNode | null | undefined, defaults: number): void => {
      switch (node?.type) {
        case 'Identifier':
          for (let count = 0; count < defaults && !isAgain; count += 1) this.use(node, 'write', isInit);
          onName(node);
          break;
        case 'ObjectPattern':
          for (const property of node.properties) walk(property, defaults);
          break;
        case 'Property':
          if (node.computed) computed.push(node.key);
          walk(node.value, defaults);
          break;
        case 'ArrayPattern':
          for (const element of node.elements) walk(element, defaults);
          break;
        case 'AssignmentPattern':
          walk(node.left, defaults + 1);
          computed.push(node.right);
          break;
        case 'RestElement':
          walk(node.argument, defaults);
          break;
        case 'MemberExpression':
          if (node.computed) computed.push(node.property);
          computed.push(node.object);
          break;
      }
    };
    walk(pattern, 0);
    if (!isAgain) this.each(computed);
  }
}

type Functions = NodeOf<'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression'>;

function readFunction(this: ScopeReader, node: Functions): void {
  if (node.type === 'FunctionDeclaration' && node.id) this.define('FunctionName', node.id, node);
  const read = (): void => {
    const scope = this.below(true, node.body.start, node.type !== 'ArrowFunctionExpression');
    this.inside(scope, () => {
      for (const each of node.params) {
        this.pattern(each, true, (name) => this.define('Parameter', name, node));
      }
      if (node.body.type === 'BlockStatement') this.each(node.body.body);
      else this.visit(node.body);
    });
  };
  const name = node.type === 'FunctionExpression' ? node.id : undefined;
  if (!name) read();
  else {
    this.inside(this.below(), () => {
      this.define('FunctionName', name, node);
      read();
    });
  }
}

function readClass(this: ScopeReader, node: NodeOf<'ClassDeclaration' | 'ClassExpression'>): void {
  const { id } = node;
  if (node.type === 'ClassDeclaration' && id) this.define('ClassName', id, node);
  this.inside(this.below(), () => {
    if (id) this.define('ClassName', id, node);
    this.visit(node.superClass);
    this.visit(node.body);
  });
}

function readMember(this: ScopeReader, node: NodeOf<'Property' | 'MethodDefinition'>): void {
  if (node.computed) this.visit(node.key);
  this.visit(node.value);
}

function readLoop(this: ScopeReader, node: NodeOf<'ForInStatement' | 'ForOfStatement'>): void {
  const { left, right, body } = node;
  const isDeclared = left.type === 'VariableDeclaration';
  const read = (): void => {
    if (isDeclared) {
      this.visit(left);
      this.pattern(left.declarations[0]?.id, true, (name) => this.use(name, 'write', true), true);
    } else this.pattern(left, false, (name) => this.use(name, 'write'));
    this.visit(right);
    this.visit(body);
  };
  if (isDeclared && left.kind !== 'var') this.inside(this.below(), read);
  else read();
}

const hasLexicalNames = (init: AnyNode | null | undefined): boolean =>
  init?.type === 'VariableDeclaration' && init.kind !== 'var';

const readersByType: { readonly [Type in AnyNode['type']]?: (this: ScopeReader, node: NodeOf<Type>) => void } = {
  Identifier(node) {
    this.use(node, 'read');
  },
  FunctionDeclaration: readFunction,
  FunctionExpression: readFunction,
  ArrowFunctionExpression: readFunction,
  ClassDeclaration: readClass,
  ClassExpression: readClass,
  Property: readMember,
  MethodDefinition: readMember,
  PropertyDefinition({ computed, key, value }) {
    if (computed) this.visit(key);
    if (value) this.inside(this.below(true), () => this.visit(value));
  },
  StaticBlock(node) {
    this.inside(this.below(true), () => this.each(node.body));
  },
  MemberExpression(node) {
    this.visit(node.object);
    if (node.computed) this.visit(node.property);
  },
  VariableDeclaration({ kind, declarations }) {
    const scope = kind === 'var' ? this.ofVar : this.current;
    for (const each of declarations) {
      const { id, init } = each;
      this.pattern(id, true, (name) => {
        this.define('Variable', name, each, scope);
        if (init) this.use(name, 'write', true);
      });
      this.visit(init);
    }
  },
  AssignmentExpression({ left, operator, right }) {
    const isPattern = /^(Identifier|ObjectPattern|ArrayPattern)$/.test(left.type);
    if (!isPattern) this.visit(left);
    else if (operator === '=') this.pattern(left, false, (name) => this.use(name, 'write'));
    else if (left.type === 'Identifier') this.use(left, 'both');
    this.visit(right);
  },
  UpdateExpression({ argument }) {
    if (argument.type === 'Identifier') this.use(argument, 'both');
    else this.visit(argument);
  },
  CatchClause(node) {
    this.inside(this.below(), () => {
      this.pattern(node.param, true, (name) => this.define('CatchClause', name, node));
      this.visit(node.body);
    });
  },
  BlockStatement(node) {
    this.inside(this.below(), () => this.each(node.body));
  },
  ForStatement(node) {
    const read = (): void => this.children(node);
    if (hasLexicalNames(node.init)) this.inside(this.below(), read);
    else read();
  },
  ForInStatement: readLoop,
  ForOfStatement: readLoop,
  SwitchStatement(node) {
    this.visit(node.discriminant);
    this.inside(this.below(), () => this.each(node.cases));
  },
  ImportDeclaration({ specifiers }) {
    for (const each of specifiers) this.define('ImportBinding', each.local, each);
  },
  ExportAllDeclaration() {},
  ExportNamedDeclaration({ source, declaration, specifiers }) {
    if (source) return;
    if (declaration) this.visit(declaration);
    else for (const { local } of specifiers) this.visit(local);
  },
};

/** `<Page />` and `<module.Page />` use a name, `<div>` does not. */
function readElement(this: ScopeReader, node: Jsx): void {
  const { name } = node;
  if (typeof name === 'object') {
    const first = name.type === 'JSXIdentifier' && typeof name.name === 'string' ? name.name.charAt(0) : undefined;
    const isComponent = first === undefined ? name.type === 'JSXMemberExpression' : first.toUpperCase() === first;
    let leftmost = name;
    while (leftmost.object !== undefined) leftmost = leftmost.object;
    if (isComponent && leftmost.name !== 'this') this.use(leftmost as unknown as AnyNode, 'read');
  }
  this.each(node.attributes ?? []);
}

const readers = new Map<string, Reader>([
  ...Object.entries(readersByType as Readonly<Record<string, Reader>>),
  ['JSXOpeningElement', readElement as Reader],
]);
