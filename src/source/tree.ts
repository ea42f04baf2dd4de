import type { AnyNode, Program } from 'acorn';
import { childKeys } from './child-keys.js';

/** The nodes of a program, listed once for all readers. */
export interface Tree {
  readonly program: Program;
  /** Every node, children before their parent. */
  readonly nodes: readonly AnyNode[];
  /** The nodes of some types, in the same order. */
  ofType<Type extends AnyNode['type']>(...types: readonly Type[]): readonly Extract<AnyNode, { readonly type: Type }>[];
  /** The node and all below it, itself last. */
  within(node: AnyNode): readonly AnyNode[];
  /** undefined for the program. */
  parentOf(node: AnyNode): AnyNode | undefined;
  /** The nodes around a node, the program first. */
  ancestorsOf(node: AnyNode): readonly AnyNode[];
}

/** Recursive readers need about 400 bytes of stack per level. */
const deepest = 1_500;

/** Lists a program's nodes; undefined when they nest too deep for recursive readers. */
export function treeOf(program: Program): Tree | undefined {
  const nodes: AnyNode[] = [];
  const parents: (AnyNode | undefined)[] = [];
  /** The index in `nodes` where the nodes below a node begin. */
  const firsts: number[] = [];

  function list(node: AnyNode, parent: AnyNode | undefined, depth: number): boolean {
    if (depth > deepest) return false;
    const first = nodes.length;
    for (const key of childKeys(node)) {
      const child = (node as unknown as Readonly<Record<string, AnyNode | readonly (AnyNode | null)[] | null>>)[key];
      if (Array.isArray(child)) {
        for (const each of child) if (each && !list(each, node, depth + 1)) return false;
      } else if (child && !list(child as AnyNode, node, depth + 1)) return false;
    }
    nodes.push(node);
    parents.push(parent);
    firsts.push(first);
    return true;
  }
  if (!list(program, undefined, 0)) return undefined;

  let known: Map<AnyNode, number> | undefined;
  /** The index of a node. Not every program's readers ask for one. */
  const placeOf = (node: AnyNode): number | undefined => {
    known ??= indexesOf(nodes);
    return known.get(node);
  };
  const ofTypes = typesAmong(nodes);

  const parentOf = (node: AnyNode): AnyNode | undefined => parents[placeOf(node) ?? -1];
  return {
    program,
    nodes,
    ofType: <Type extends AnyNode['type']>(...types: readonly Type[]) =>
      ofTypes(types) as readonly Extract<AnyNode, { readonly type: Type }>[], // found by that type
    parentOf,
    within: (node) => {
      const at = placeOf(node);
      return at === undefined ? [] : nodes.slice(firsts[at], at + 1);
    },
    ancestorsOf: (node) => {
      const around: AnyNode[] = [];
      for (let parent = parentOf(node); parent; parent = parentOf(parent)) around.push(parent);
      return around.reverse();
    },
  };
}

/** Without a pair of each node and its index, which a Map made of a list of pairs needs. */
function indexesOf(nodes: readonly AnyNode[]): Map<AnyNode, number> {
  const indexes = new Map<AnyNode, number>();
  let index = 0;
  for (const node of nodes) indexes.set(node, index++);
  return indexes;
}

/**
 * Asks whether something holds for a node or for one around it. Each node is judged once: code that is nested deeply, or that
 * repeats a statement in one branch, would otherwise be gone through for every question.
 */
export function upwards(tree: Tree, holds: (node: AnyNode) => boolean): (node: AnyNode | undefined) => boolean {
  const found = nearest(tree, (node) => holds(node) || undefined);
  return (asked) => found(asked) === true;
}

/** Finds what the nearest node has: the node itself, or one around it. Each node is read once. */
export function nearest<T>(
  { parentOf }: Tree,
  read: (node: AnyNode) => T | undefined,
): (node: AnyNode | undefined) => T | undefined {
  const known = new Map<AnyNode, T | undefined>();
  return (asked) => {
    const path: AnyNode[] = [];
    let at = asked;
    for (; at && !known.has(at); at = parentOf(at)) path.push(at);
    let found = at && known.get(at);
    for (const node of path.reverse()) {
      found = read(node) ?? found;
      known.set(node, found);
    }
    return found;
  };
}

/** The nodes of a type, and their indexes in all nodes. */
interface OfType {
  readonly nodes: AnyNode[];
  readonly indexes: number[];
}

function typesAmong(nodes: readonly AnyNode[]): (types: readonly string[]) => readonly AnyNode[] {
  /** The nodes are compared once for all readers. */
  let byType: ReadonlyMap<string, OfType> | undefined;
  /** Most readers ask for the same types. */
  const asked = new Map<string, readonly AnyNode[]>();
  return (types) => {
    const question = types.join();
    const before = asked.get(question);
    if (before) return before;
    byType ??= nodesByType(nodes);
    const [first, ...others] = types.flatMap((type) => byType?.get(type) ?? []);
    const found = first === undefined ? [] : others.length > 0 ? inOrder([first, ...others], nodes) : first.nodes;
    asked.set(question, found);
    return found;
  };
}

function nodesByType(nodes: readonly AnyNode[]): ReadonlyMap<string, OfType> {
  const byType = new Map<string, OfType>();
  let index = 0;
  for (const node of nodes) {
    let same = byType.get(node.type);
    if (same === undefined) {
      same = { nodes: [], indexes: [] };
      byType.set(node.type, same);
    }
    same.nodes.push(node);
    same.indexes.push(index++);
  }
  return byType;
}

function inOrder(types: readonly OfType[], nodes: readonly AnyNode[]): readonly AnyNode[] {
  const indexes = new Int32Array(types.reduce((sum, type) => sum + type.indexes.length, 0));
  let filled = 0;
  for (const type of types) {
    indexes.set(type.indexes, filled);
    filled += type.indexes.length;
  }
  const found: AnyNode[] = [];
  for (const index of indexes.sort()) {
    const node = nodes[index];
    if (node) found.push(node);
  }
  return found;
}
