import type { AnyNode, Identifier, ImportDeclaration } from 'acorn';
import { remembered } from '../remembered.js';
import { keyOf, propertyName } from './properties.js';
import { scopesOf } from './scopes.js';
import type { Script } from './script.js';
import { type Tree, upwards } from './tree.js';

/** One `require('x')`, `import .. from 'x'`, `import('x')` or `export .. from 'x'` with a literal specifier. */
export interface ModuleUse {
  readonly specifier: string;
  /** The names it binds; exported: 'default' for a default import, '*' for a namespace or the result of require. */
  readonly bound: readonly { readonly local: Identifier; readonly exported: string }[];
  /** Offset in the script's code. */
  readonly start: number;
  /** The call of require() or import(), the import or the export. */
  readonly node: AnyNode;
  /** 'start': when the script is loaded; 'later': in a function, or under a condition; 'guarded': errors are caught. */
  readonly when: 'start' | 'later' | 'guarded';
}

/** Returns 'x' for `require('x')`. */
export function requiredModule(node: AnyNode | null | undefined): string | undefined {
  if (node?.type !== 'CallExpression' || node.callee.type !== 'Identifier' || node.callee.name !== 'require') return;
  const [first] = node.arguments;
  return first?.type === 'Literal' && typeof first.value === 'string' ? first.value : undefined;
}

/** `const { name, other: local } = ..` */
function namesOfPattern(pattern: AnyNode): ModuleUse['bound'] {
  if (pattern.type !== 'ObjectPattern') return [];
  return pattern.properties.flatMap((property) => {
    const exported = property.type === 'Property' ? keyOf(property) : undefined;
    const local = property.type === 'Property' && property.value.type === 'Identifier' ? property.value : undefined;
    return exported !== undefined && local ? [{ local, exported }] : [];
  });
}

/** Does a script load modules by names that it computes: `require(path.join(folder, file))`, `import(name)`, or in ways that are not followed? */
export const loadsComputed = ({ tree }: Script): boolean => tree?.nodes.some(isComputedLoad) ?? false;

function isComputedLoad(node: AnyNode): boolean {
  if (node.type === 'ImportExpression') return node.source.type !== 'Literal';
  // `createRequire(..)`, `module.require(..)`
  if (node.type === 'Identifier') return node.name === 'createRequire';
  if (node.type === 'MemberExpression') return /^(createRequire|require)$/.test(propertyName(node) ?? '');
  if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier') return false;
  return node.callee.name === 'require' && node.arguments[0]?.type !== 'Literal';
}

/** Every module that a script loads by a literal name. `const { Server } = require('x')` and `require('x').Server` count. */
export const readModuleUses: (script: Script) => readonly ModuleUse[] = remembered(moduleUsesIn);

const loading = [
  'ImportDeclaration',
  'ExportAllDeclaration',
  'ExportNamedDeclaration',
  'ImportExpression',
  'VariableDeclarator',
] as const;

function moduleUsesIn({ tree, language }: Script): readonly ModuleUse[] {
  if (!tree) return [];
  const required = new Set<AnyNode>();
  const uses = tree.ofType(...loading).flatMap((node) => {
    const use = useOf(node, required);
    // Compilers remove imports whose names are used only in types.
    const isOfTypes = language !== 'javascript' && node.type === 'ImportDeclaration' && isUnused(tree, node);
    return use && !isOfTypes ? [use] : [];
  });
  // A second pass, because a parent is listed after its children.
  for (const node of tree.ofType('CallExpression')) {
    const specifier = required.has(node) ? undefined : requiredModule(node);
    if (specifier !== undefined) uses.push({ specifier, bound: [], start: node.start, node });
  }
  const timeOf = loadTimes(tree);
  return uses.map((use) => ({ ...use, when: timeOf(use.node) }));
}

type UntimedUse = Omit<ModuleUse, 'when'>;

const wholeAs = (local: Identifier): ModuleUse['bound'] => [{ local, exported: '*' }];

/** @param required Receives the calls of require() that are part of a use. */
function useOf(node: AnyNode, required: Set<AnyNode>): UntimedUse | undefined {
  const use = (specifier: unknown, at = node, bound: ModuleUse['bound'] = []): UntimedUse | undefined =>
    typeof specifier === 'string' ? { specifier, bound, start: at.start, node: at } : undefined;
  switch (node.type) {
    case 'ImportDeclaration':
      return use(node.source.value, node, node.specifiers.map(namedBy));
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      return use(node.source?.value);
    case 'ImportExpression':
      return node.source.type === 'Literal' ? use(node.source.value) : undefined;
    case 'VariableDeclarator': {
      const { init, id } = node;
      const member = init?.type === 'MemberExpression' ? init : undefined;
      const call = member ? member.object : init;
      const specifier = requiredModule(call);
      if (specifier === undefined || !call) return undefined;
      required.add(call);
      if (!member) return use(specifier, call, id.type === 'Identifier' ? wholeAs(id) : namesOfPattern(id));
      const exported = propertyName(member);
      const isBound = id.type === 'Identifier' && exported !== undefined;
      return use(specifier, call, isBound ? [{ local: id, exported }] : []);
    }
    default:
      return undefined;
  }
}

function namedBy(part: ImportDeclaration['specifiers'][number]): ModuleUse['bound'][number] {
  const { local } = part;
  if (part.type === 'ImportDefaultSpecifier') return { local, exported: 'default' };
  if (part.type === 'ImportNamespaceSpecifier') return { local, exported: '*' };
  return { local, exported: part.imported.type === 'Identifier' ? part.imported.name : '*' };
}

function isUnused(tree: Tree, { specifiers }: ImportDeclaration): boolean {
  const { variableOf } = scopesOf(tree);
  return specifiers.length > 0 && specifiers.every(({ local }) => variableOf(local)?.references.length === 0);
}

/** When a load of a module is run. */
function loadTimes(tree: Tree): (node: AnyNode) => ModuleUse['when'] {
  const isCaught = upwards(tree, (node) => {
    const around = tree.parentOf(node);
    return around?.type === 'TryStatement' && around.block === node;
  });
  const isLater = upwards(tree, ({ type }) => /Function|^If|^Conditional|^Logical|^Switch|^Catch/.test(type));
  return (node) => {
    if (isCaught(node)) return 'guarded';
    return isLater(tree.parentOf(node)) || isHandled(tree, node) ? 'later' : 'start';
  };
}

/** An `import()` whose failure does not end node for certain: neither awaited nor a statement, or with a `.catch(..)`. */
function isHandled(tree: Tree, node: AnyNode): boolean {
  if (node.type !== 'ImportExpression') return false;
  let at = tree.parentOf(node);
  while (at?.type === 'MemberExpression') {
    const call = tree.parentOf(at);
    const hasOneWay = /^(then|finally)$/.test(propertyName(at) ?? '') && call?.type === 'CallExpression';
    if (!hasOneWay || call.arguments.length > 1) return true;
    at = tree.parentOf(call);
  }
  return at?.type !== 'AwaitExpression' && at?.type !== 'ExpressionStatement';
}
