import type { AnyNode } from 'acorn';
import { addTo } from './add-to.js';
import type { ScriptContext } from './context.js';
import { exportedAs, exportedNames } from './exports.js';
import { type FunctionNode, isFunctionNode } from './function-node.js';
import { type ModuleUse, requiredModule } from './modules.js';
import { keyOf, propertyName } from './properties.js';
import type { Tree } from './tree.js';
import type { Variable } from './variable.js';

/** The owner of a node: a function that is called by name, or the script itself. Other functions belong to the code around them. */
export type Owner = FunctionNode | 'script';

/** What the code of an owner mentions, so that other code may run. */
export type Mention =
  /** A name; 'owner': only a property of it, as in `name.x`. */
  | { readonly kind: 'variable'; readonly variable: Variable; readonly as: 'whole' | 'owner' }
  /** `x.name`, `{ name } = x`. */
  | { readonly kind: 'property'; readonly name: string }
  /** A module is loaded; `isHandedOn`: and passed to code that cannot be followed, as in `use(require('./x'))`. */
  | { readonly kind: 'module'; readonly specifier: string; readonly isHandedOn: boolean };

/** The functions of a script that are called by name, and what the code mentions. */
export interface Functions {
  ownerAt(offset: number): Owner;
  mentions(owner: Owner): readonly Mention[];
  /** The functions that a variable is bound to. */
  bound(variable: Variable): readonly FunctionNode[];
  /** The functions of an exported name ('default' for the module itself); without a name all exported functions. */
  exported(name?: string): readonly FunctionNode[];
}

/** Reads the names of a script's functions, and what they mention. */
export function functionsOf(context: ScriptContext): Functions {
  const { tree, bindings } = context;
  const byVariable = new Map<Variable, FunctionNode[]>();
  const byExport = new Map<string, FunctionNode[]>();
  const named = new Set<FunctionNode>();
  const exports = exportsOf(context);
  for (const made of tree.nodes.filter(isFunctionNode)) {
    const name = nameOf(context, made);
    const variable = name && bindings.variableOf(name);
    const names = new Set([(variable && exports.get(variable)) ?? [], exportedAs(tree, made) ?? []].flat());
    if (variable) addTo(byVariable, variable, made);
    for (const each of names) addTo(byExport, each, made);
    if (variable || names.size > 0) named.add(made);
  }
  const isNamed = (node: AnyNode): node is FunctionNode => isFunctionNode(node) && named.has(node);
  const ownerOf = ownersIn(tree, isNamed);
  const mentions = new Map<Owner, Mention[]>();
  for (const { at, mention } of mentionsIn(context, exports)) addTo(mentions, ownerOf.get(at) ?? 'script', mention);
  let allExported: readonly FunctionNode[] | undefined;
  return {
    ownerAt: innermostOf([...named]),
    mentions: (owner) => mentions.get(owner) ?? [],
    bound: (variable) => byVariable.get(variable) ?? [],
    exported: (name) => {
      if (name !== undefined) return byExport.get(name) ?? [];
      allExported ??= [...new Set([...byExport.values()].flat())];
      return allExported;
    },
  };
}

/** The owner of each node, from the program down to what stands in it. */
function ownersIn(tree: Tree, isNamed: (node: AnyNode) => node is FunctionNode): ReadonlyMap<AnyNode, Owner> {
  const owners = new Map<AnyNode, Owner>();
  for (const node of tree.nodes.toReversed()) {
    const parent = tree.parentOf(node);
    owners.set(node, parent === undefined ? 'script' : isNamed(parent) ? parent : (owners.get(parent) ?? 'script'));
  }
  return owners;
}

/** Finds the innermost of functions around an offset, without comparing it with all of them. */
function innermostOf(functions: readonly FunctionNode[]): (offset: number) => Owner {
  const sorted = functions.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const around = new Map<FunctionNode, FunctionNode>();
  const open: FunctionNode[] = [];
  for (const each of sorted) {
    while ((open.at(-1)?.end ?? Number.POSITIVE_INFINITY) <= each.start) open.pop();
    const outer = open.at(-1);
    if (outer) around.set(each, outer);
    open.push(each);
  }
  return (offset) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle]?.start ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    let at = sorted[low - 1];
    while (at && at.end <= offset) at = around.get(at);
    return at ?? 'script';
  };
}

/** The name that a function is bound to. */
function nameOf({ tree }: ScriptContext, made: FunctionNode): AnyNode | undefined {
  if (made.type === 'FunctionDeclaration') return made.id ?? undefined;
  const parent = tree.parentOf(made);
  return parent?.type === 'VariableDeclarator' && parent.init === made && parent.id.type === 'Identifier'
    ? parent.id
    : undefined;
}

/** The variables that a script exports, with their exported names. */
function exportsOf({ tree, bindings }: ScriptContext): ReadonlyMap<Variable, readonly string[]> {
  const exports = new Map<Variable, string[]>();
  const add = (node: AnyNode, name: string | undefined): void => {
    const variable = name === undefined ? undefined : bindings.variableOf(node);
    if (variable && name !== undefined) addTo(exports, variable, name);
  };
  for (const { local, exported } of exportedNames(tree)) add(local, exported);
  for (const node of tree.nodes) if (node.type === 'Identifier') add(node, exportedAs(tree, node));
  return exports;
}

type Placed = { readonly at: AnyNode; readonly mention: Mention };

function mentionsIn(context: ScriptContext, exports: ReadonlyMap<Variable, readonly string[]>): readonly Placed[] {
  const { tree, bindings } = context;
  const imported = new Set(
    context.modules.flatMap(({ bound }) => bound.flatMap(({ local }) => bindings.variableOf(local) ?? [])),
  );
  return [
    ...tree.nodes.flatMap((node) => {
      const mention = mentionBy(context, node);
      return mention ? [{ at: node, mention }] : [];
    }),
    // A re-export of another module's name may be used by any importer.
    ...[...exports.keys()]
      .filter((variable) => imported.has(variable))
      .map((variable): Placed => ({ at: tree.program, mention: { kind: 'variable', variable, as: 'whole' } })),
    ...context.modules.map((use): Placed => {
      const { specifier, node } = use;
      return { at: node, mention: { kind: 'module', specifier, isHandedOn: !isFollowed(context, use) } };
    }),
  ];
}

function mentionBy({ tree, bindings }: ScriptContext, node: AnyNode): Mention | undefined {
  const parent = tree.parentOf(node);
  switch (node.type) {
    case 'MemberExpression': {
      const name = propertyName(node);
      const isTarget = parent?.type === 'AssignmentExpression' && parent.left === node;
      return name === undefined || isTarget ? undefined : { kind: 'property', name };
    }
    case 'Property': {
      const name = parent?.type === 'ObjectPattern' ? keyOf(node) : undefined;
      const declarator = parent && tree.parentOf(parent);
      const isOfModule = declarator?.type === 'VariableDeclarator' && requiredModule(declarator.init) !== undefined;
      return name === undefined || isOfModule ? undefined : { kind: 'property', name };
    }
    default: {
      const variable = bindings.isRead(node) ? bindings.variableOf(node) : undefined;
      if (variable === undefined || exportedAs(tree, node) !== undefined) return undefined;
      const isOwner = parent?.type === 'MemberExpression' && parent.object === node && !parent.computed;
      return { kind: 'variable', variable, as: isOwner ? 'owner' : 'whole' };
    }
  }
}

/** Is a loaded module used only by names (`const x =`, `const { a } =`, `.a`, an import), or not used? */
function isFollowed({ tree }: ScriptContext, { node }: ModuleUse): boolean {
  if (node.type === 'ImportDeclaration') return true;
  const parent = tree.parentOf(node);
  if (node.type !== 'CallExpression' || parent === undefined) return false;
  if (parent.type === 'ExpressionStatement') return true;
  if (parent.type === 'MemberExpression') return propertyName(parent) !== undefined;
  if (parent.type !== 'VariableDeclarator') return false;
  if (parent.id.type !== 'ObjectPattern') return parent.id.type === 'Identifier';
  return parent.id.properties.every((property) => property.type === 'Property' && property.value.type === 'Identifier');
}
