import type { AnyNode, Expression } from 'acorn';
import { addTo } from './add-to.js';
import { isFunctionNode } from './function-node.js';
import { isProcessEnv } from './properties.js';
import type { Tree } from './tree.js';
import type { Variable } from './variable.js';

/** What is known of a program's names. */
interface NamesOfProgram {
  variableOf(name: AnyNode): Variable | undefined;
  /** The value of a variable that is set only in its declaration, or by the only call of its function. */
  initOf(variable: Variable | undefined): Expression | undefined;
  /** The value of `this.name` where that is set once. */
  fieldOf(node: AnyNode): Expression | undefined;
  /** The only call of a function. */
  onlyCallOf(made: AnyNode): AnyNode | undefined;
  /** The variable comes from process.env. */
  isEnvironment(variable: Variable | undefined): boolean;
}

/**
 * The nodes of a program in which process.env is read, directly or through names with a single value. All at once, from
 * process.env outwards: a node is visited once, however many readers ask, and however many names lead to it.
 *
 * @param isImported A name of another module may depend on process.env, too.
 */
export function nodesOfEnvironment(tree: Tree, bindings: NamesOfProgram, isImported: boolean): ReadonlySet<AnyNode> {
  const found = new Set<AnyNode>();
  const pending: AnyNode[] = tree.ofType('MemberExpression').filter(isProcessEnv);
  // Most programs do not read it: then no name is resolved.
  if (pending.length === 0 && !isImported) return found;
  for (const name of tree.ofType('Identifier')) {
    if (bindings.isEnvironment(bindings.variableOf(name))) pending.push(name);
  }
  const variables = variablesByValue(tree, bindings);
  const fields = fieldsByValue(tree, bindings);
  for (let node = pending.pop(); node; node = pending.pop()) {
    for (let at: AnyNode | undefined = node; at && !found.has(at); at = tree.parentOf(at)) {
      found.add(at);
      const variable = variables.get(at);
      if (variable) for (const name of namesOf(variable)) pending.push(name);
      for (const use of fields.get(at) ?? []) pending.push(use);
    }
  }
  return found;
}

/** The variables with a single value, by its expression. */
function variablesByValue(tree: Tree, bindings: NamesOfProgram): ReadonlyMap<AnyNode, Variable> {
  const variables = new Map<AnyNode, Variable>();
  for (const { id, init } of tree.ofType('VariableDeclarator')) {
    const variable = init ? bindings.variableOf(id) : undefined;
    if (init && variable && bindings.initOf(variable) === init) variables.set(init, variable);
    const names = init && id.type === 'ArrayPattern' ? tree.within(id).filter(({ type }) => type === 'Identifier') : [];
    for (const name of names) {
      const named = bindings.variableOf(name);
      const value = bindings.initOf(named);
      if (named && value) variables.set(value, named);
    }
  }
  for (const made of tree.nodes.filter(isFunctionNode)) {
    if (made.params.length === 0 || bindings.onlyCallOf(made) === undefined) continue;
    for (const param of made.params) {
      const variable = bindings.variableOf(param.type === 'AssignmentPattern' ? param.left : param);
      const value = bindings.initOf(variable);
      if (variable && value) variables.set(value, variable);
    }
  }
  return variables;
}

/** Where `this.name` is used that is set once, by its value. */
function fieldsByValue(tree: Tree, bindings: NamesOfProgram): ReadonlyMap<AnyNode, readonly AnyNode[]> {
  const uses = new Map<AnyNode, AnyNode[]>();
  for (const node of tree.ofType('MemberExpression')) {
    const value = node.object.type === 'ThisExpression' ? bindings.fieldOf(node) : undefined;
    if (value === undefined) continue;
    addTo(uses, value, node);
  }
  return uses;
}

/** Where a variable is declared and used, except as the name of a JSX element. */
const namesOf = ({ defs, references }: Variable): readonly AnyNode[] => [
  ...defs.map(({ name }) => name),
  ...references.map(({ identifier }) => identifier).filter(({ type }) => type === 'Identifier'),
];
