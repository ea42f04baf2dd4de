import type { AnyNode } from 'acorn';
import type { ScriptContext } from './context.js';
import { requiredModule } from './modules.js';
import { keyOf, propertyName } from './properties.js';

export type FunctionNode = Extract<
  AnyNode,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
>;

/** Where a script mentions a name, other than to bind or to export it. */
interface Mention {
  readonly name: string;
  /** 'whole': the name itself; 'owner': `name.x`; 'property': `x.name`, `{ name } = x`. */
  readonly as: 'whole' | 'owner' | 'property';
  /** The functions around it, outermost first. */
  readonly inside: readonly FunctionNode[];
}

/** By what names a function can be called; none that we know: then it runs with what is around it. */
export interface FunctionNames {
  readonly local: string | undefined;
  /** 'default' for `module.exports = ..` and `export default`. */
  readonly exported: readonly string[];
}

/** The functions of a script, and who mentions them there. */
export interface Outline {
  readonly mentions: readonly Mention[];
  /** undefined: nobody can tell by what name it is called. */
  namesOf(made: FunctionNode): FunctionNames | undefined;
  /** The functions around an offset, outermost first. */
  around(offset: number): readonly FunctionNode[];
  /** Is what this name is bound to exported? */
  isExported(local: string): boolean;
  /** Loads of modules, by offset, that hand on what nobody can follow: `use(require('./x'))`, `export * from`. */
  readonly passesOn: ReadonlySet<number>;
}

const isFunction = (node: AnyNode): node is FunctionNode =>
  node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression';

/** `exports.name`, `module.exports.name` give 'name', `module.exports` 'default'. */
function exportName(node: AnyNode): string | undefined {
  const name = propertyName(node);
  if (node.type !== 'MemberExpression' || name === undefined) return undefined;
  const isModule = node.object.type === 'Identifier' && node.object.name === 'module';
  if (isModule) return name === 'exports' ? 'default' : undefined;
  const isExports = node.object.type === 'Identifier' && node.object.name === 'exports';
  return isExports || (node.object.type === 'MemberExpression' && exportName(node.object) === 'default')
    ? name
    : undefined;
}

/** The name under which a value is exported by the nodes around it, innermost last; the value itself is not among them. */
function exportedAs(value: AnyNode, around: readonly AnyNode[]): string | undefined {
  const [parent, next, after, last] = [...around].reverse();
  if (parent?.type === 'ExportDefaultDeclaration') return 'default';
  // Of `exports.a = exports.b = f` nobody knows all the names.
  if (parent?.type === 'AssignmentExpression' && parent.right === value && next?.type === 'ExpressionStatement') {
    return exportName(parent.left);
  }
  const isInList = parent?.type === 'Property' && parent.value === value && next?.type === 'ObjectExpression';
  if (!isInList || after?.type !== 'AssignmentExpression' || last?.type !== 'ExpressionStatement') return undefined;
  return exportName(after.left) === 'default' ? keyOf(parent) : undefined;
}

function localName(made: FunctionNode, around: readonly AnyNode[]): string | undefined {
  const parent = around.at(-1);
  if (made.type === 'FunctionDeclaration') return made.id?.name;
  const isBound = parent?.type === 'VariableDeclarator' && parent.init === made && parent.id.type === 'Identifier';
  return isBound && parent.id.type === 'Identifier' ? parent.id.name : undefined;
}

const outlines = new WeakMap<ScriptContext, Outline>();

/** Reads what a script's functions are called, and where. */
export function outlineOf(context: ScriptContext): Outline {
  const known = outlines.get(context);
  if (known) return known;
  const mentions: Mention[] = [];
  const functions = new Map<FunctionNode, { local: string | undefined; exported: string | undefined }>();
  const exports = new Map<string, Set<string>>();
  const passesOn = new Set<number>();
  const exporting = (local: string, name: string): void => {
    exports.set(local, (exports.get(local) ?? new Set()).add(name));
  };
  for (const node of context.tree.nodes) {
    const around = context.tree.ancestorsOf(node);
    const parent = around.at(-1);
    const inside = around.filter(isFunction);
    if (isFunction(node)) {
      functions.set(node, { local: localName(node, around), exported: exportedAs(node, around) });
    } else if (node.type === 'Identifier' && !isBound(node, around)) {
      const exported = exportedAs(node, around);
      if (exported !== undefined) exporting(node.name, exported);
      else {
        const isOwner = parent?.type === 'MemberExpression' && parent.object === node && !parent.computed;
        mentions.push({ name: node.name, as: isOwner ? 'owner' : 'whole', inside });
      }
    } else if (node.type === 'MemberExpression') {
      const name = propertyName(node);
      const isTarget = parent?.type === 'AssignmentExpression' && parent.left === node;
      if (name !== undefined && !isTarget) mentions.push({ name, as: 'property', inside });
    } else if (node.type === 'ObjectPattern') {
      const isOfModule = parent?.type === 'VariableDeclarator' && requiredModule(parent.init) !== undefined;
      for (const property of node.properties) {
        const name = property.type === 'Property' ? keyOf(property) : undefined;
        if (name !== undefined && !isOfModule) mentions.push({ name, as: 'property', inside });
      }
    } else if (node.type === 'ExportNamedDeclaration') {
      for (const { local, exported } of node.specifiers) {
        if (!node.source && local.type === 'Identifier' && exported.type === 'Identifier')
          exporting(local.name, exported.name);
      }
      if (node.source) passesOn.add(node.start);
      const { declaration } = node;
      if (declaration?.type === 'FunctionDeclaration') exporting(declaration.id.name, declaration.id.name);
      if (declaration?.type === 'VariableDeclaration') {
        for (const { id } of declaration.declarations) if (id.type === 'Identifier') exporting(id.name, id.name);
      }
    } else if (node.type === 'ExportAllDeclaration' || node.type === 'ImportExpression') passesOn.add(node.start);
    else if (requiredModule(node) !== undefined && parent && !isFollowed(parent)) passesOn.add(node.start);
  }
  const outline: Outline = {
    mentions,
    namesOf: (made) => {
      const { local, exported } = functions.get(made) ?? { local: undefined, exported: undefined };
      const names = [
        ...(local === undefined ? [] : (exports.get(local) ?? [])),
        ...(exported === undefined ? [] : [exported]),
      ];
      return local === undefined && names.length === 0 ? undefined : { local, exported: names };
    },
    around: (offset) =>
      [...functions.keys()]
        .filter(({ start, end }) => start <= offset && offset < end)
        .sort((a, b) => a.start - b.start || b.end - a.end),
    isExported: (local) => exports.has(local),
    passesOn,
  };
  outlines.set(context, outline);
  return outline;
}

/** Is what `require('./x')` gives used by names alone: `const x =`, `const { a } =`, `.a`; or not at all? */
function isFollowed(parent: AnyNode): boolean {
  if (parent.type === 'ExpressionStatement') return true;
  if (parent.type === 'MemberExpression') return propertyName(parent) !== undefined;
  if (parent.type !== 'VariableDeclarator') return false;
  if (parent.id.type !== 'ObjectPattern') return parent.id.type === 'Identifier';
  return parent.id.properties.every((property) => property.type === 'Property' && property.value.type === 'Identifier');
}

/** Is a name given to something here, rather than used: `const a`, a parameter, `a = 1`? */
function isBound(node: AnyNode, around: readonly AnyNode[]): boolean {
  let inner = node;
  for (const outer of [...around].reverse()) {
    switch (outer.type) {
      case 'VariableDeclarator':
      case 'ClassDeclaration':
      case 'ClassExpression':
        return outer.id === inner;
      case 'FunctionDeclaration':
      case 'FunctionExpression':
        return outer.body !== inner;
      case 'ArrowFunctionExpression':
        return outer.body !== inner;
      case 'CatchClause':
        return outer.param === inner;
      case 'AssignmentExpression':
      case 'ForInStatement':
      case 'ForOfStatement':
        return outer.left === inner;
      case 'AssignmentPattern':
        if (outer.right === inner) return false;
        break;
      case 'Property':
        if (outer.value !== inner) return false;
        break;
      case 'ObjectPattern':
      case 'ArrayPattern':
      case 'RestElement':
        break;
      default:
        return false;
    }
    inner = outer;
  }
  return false;
}
