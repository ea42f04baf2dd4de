import type { AnyNode, Program } from 'acorn';
import { childKeys } from './child-keys.js';

/** The nodes of a program, listed once for all readers. */
export interface Tree {
  readonly program: Program;
  /** Every node, children before their parent. */
  readonly nodes: readonly AnyNode[];
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
  const places = new Map<AnyNode, number>();

  function list(node: AnyNode, parent: AnyNode | undefined, depth: number): boolean {
    if (depth > deepest) return false;
    const first = nodes.length;
    for (const key of childKeys(node)) {
      const child = (node as unknown as Readonly<Record<string, AnyNode | readonly (AnyNode | null)[] | null>>)[key];
      if (Array.isArray(child)) {
        for (const each of child) if (each && !list(each, node, depth + 1)) return false;
      } else if (child && !list(child as AnyNode, node, depth + 1)) return false;
    }
    places.set(node, nodes.length);
    nodes.push(node);
    parents.push(parent);
    firsts.push(first);
    return true;
  }
  if (!list(program, undefined, 0)) return undefined;

  const parentOf = (node: AnyNode): AnyNode | undefined => parents[places.get(node) ?? -1];
  return {
    program,
    nodes,
    parentOf,
    within: (node) => {
      const at = places.get(node);
      return at === undefined ? [] : nodes.slice(firsts[at], at + 1);
    },
    ancestorsOf: (node) => {
      const around: AnyNode[] = [];
      for (let parent = parentOf(node); parent; parent = parentOf(parent)) around.push(parent);
      return around.reverse();
    },
  };
}
