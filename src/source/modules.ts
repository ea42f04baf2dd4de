import type { AnyNode } from 'acorn';
import type { Script } from './script.js';
import type { Tree } from './tree.js';
import { keyOf, propertyName } from './values.js';

/** One `require('x')`, `import .. from 'x'`, `import('x')` or `export .. from 'x'` with a literal specifier. */
export interface ModuleUse {
  readonly specifier: string;
  /** Local name -> exported name: 'default' for a default import, '*' for a namespace or the result of require. */
  readonly names: ReadonlyMap<string, string>;
  /** Offset in the script's code. */
  readonly start: number;
  /** 'start': as soon as the script is loaded; 'later': in a function, or under a condition; 'guarded': what fails is caught. */
  readonly when: 'start' | 'later' | 'guarded';
}

/** `require('x')` gives 'x'. */
export function requiredModule(node: AnyNode | null | undefined): string | undefined {
  if (node?.type !== 'CallExpression' || node.callee.type !== 'Identifier' || node.callee.name !== 'require') return;
  const [first] = node.arguments;
  return first?.type === 'Literal' && typeof first.value === 'string' ? first.value : undefined;
}

function namesOfDeclarator(id: AnyNode): Map<string, string> {
  const names = new Map<string, string>();
  if (id.type === 'Identifier') names.set(id.name, '*');
  if (id.type !== 'ObjectPattern') return names;
  for (const property of id.properties) {
    if (property.type !== 'Property') continue;
    const key = keyOf(property);
    if (key && property.value.type === 'Identifier') names.set(property.value.name, key);
  }
  return names;
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

/** Every module a script asks for by a literal name. `const { Server } = require('x')` and `require('x').Server` count. */
export function readModuleUses({ tree }: Script): ModuleUse[] {
  if (!tree) return [];
  const uses: Omit<ModuleUse, 'when'>[] = [];
  const bound = new Set<AnyNode>();
  const add = (specifier: unknown, start: number, names = new Map<string, string>()): void => {
    if (typeof specifier === 'string') uses.push({ specifier, names, start });
  };
  for (const node of tree.nodes) {
    switch (node.type) {
      case 'ImportDeclaration': {
        const names = new Map<string, string>();
        for (const part of node.specifiers) {
          if (part.type === 'ImportDefaultSpecifier') names.set(part.local.name, 'default');
          else if (part.type === 'ImportNamespaceSpecifier') names.set(part.local.name, '*');
          else names.set(part.local.name, part.imported.type === 'Identifier' ? part.imported.name : '*');
        }
        add(node.source.value, node.start, names);
        break;
      }
      case 'ExportAllDeclaration':
      case 'ExportNamedDeclaration':
        if (node.source) add(node.source.value, node.start);
        break;
      case 'ImportExpression':
        if (node.source.type === 'Literal') add(node.source.value, node.start);
        break;
      case 'VariableDeclarator': {
        const { init } = node;
        const member = init?.type === 'MemberExpression' ? init : undefined;
        const specifier = requiredModule(init) ?? requiredModule(member?.object);
        if (!specifier || !init) break;
        const names = namesOfDeclarator(node.id);
        if (member && node.id.type === 'Identifier' && member.property.type === 'Identifier') {
          names.set(node.id.name, member.property.name);
        }
        bound.add(member ? member.object : init);
        add(specifier, init.start, names);
        break;
      }
      default:
    }
  }
  // A second time, because a parent is listed behind its children.
  for (const node of tree.nodes) {
    if (node.type === 'CallExpression' && !bound.has(node)) add(requiredModule(node), node.start);
  }
  const times = timesOf(tree, new Set(uses.map(({ start }) => start)));
  return uses.map((use) => ({ ...use, when: times.get(use.start) ?? 'later' }));
}

/** When the nodes that start at these offsets are run. */
function timesOf(tree: Tree, starts: ReadonlySet<number>): ReadonlyMap<number, ModuleUse['when']> {
  const times = new Map<number, ModuleUse['when']>();
  for (const node of tree.nodes) {
    if (!starts.has(node.start) || !/^(Call|Import)Expression$|Declaration$/.test(node.type)) continue;
    const ancestors = [...tree.ancestorsOf(node), node];
    const isIn = (pattern: RegExp): boolean => ancestors.slice(0, -1).some(({ type }) => pattern.test(type));
    const isCaught = ancestors.some(
      (each, depth) => each.type === 'TryStatement' && each.block === ancestors[depth + 1],
    );
    if (isCaught || node.type === 'ImportExpression') times.set(node.start, isCaught ? 'guarded' : 'later');
    else if (!times.has(node.start))
      times.set(node.start, isIn(/Function|^If|^Conditional|^Logical|^Switch|^Catch/) ? 'later' : 'start');
  }
  return times;
}
