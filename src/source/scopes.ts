import type { AnyNode } from 'acorn';
import { analyze } from 'eslint-scope';
import { childKeys } from './child-keys.js';
import type { Tree } from './tree.js';
import type { Variable } from './variable.js';

/** What the names of a program stand for. */
export interface Scopes {
  /** What a name is declared as, where it is declared and where it is used; undefined for globals. */
  variableOf(name: AnyNode): Variable | undefined;
  /** Is the name used here for what it stands for, rather than given to something? */
  isRead(name: AnyNode): boolean;
  /** What the program itself declares, outside of functions and blocks. */
  topLevel(name: string): Variable | undefined;
}

/** eslint-scope's own. */
interface Scope {
  readonly type: string;
  readonly variables: readonly Variable[];
  readonly set: ReadonlyMap<string, Variable>;
  readonly block: AnyNode;
}

const known = new WeakMap<Tree, Scopes>();

/** The scopes of a program, found when first asked for. */
export function scopesOf(tree: Tree): Scopes {
  const found = known.get(tree) ?? readScopes(tree);
  known.set(tree, found);
  return found;
}

function readScopes({ program }: Tree): Scopes {
  const scopes = scopesIn(program);
  const variables = new Map<AnyNode, Variable>();
  const reads = new Set<AnyNode>();
  for (const variable of scopes.flatMap((scope) => scope.variables)) {
    for (const { name } of variable.defs) variables.set(name, variable);
    for (const reference of variable.references) {
      variables.set(reference.identifier, variable);
      if (reference.isRead()) reads.add(reference.identifier);
    }
  }
  // A script of node stands in a function of its own, a module in a scope of its own.
  const top = scopes.find(({ type, block }) => block === program && type !== 'global');
  return {
    variableOf: (name) => variables.get(name),
    isRead: (name) => reads.has(name),
    topLevel: (name) => top?.set.get(name),
  };
}

function scopesIn(program: Tree['program']): readonly Scope[] {
  const isModule = program.body.some(({ type }) => /^(Import|Export).*Declaration$/.test(type));
  try {
    const { scopes } = analyze(program, {
      ecmaVersion: 2024,
      sourceType: isModule ? 'module' : 'commonjs',
      ignoreEval: true,
      jsx: true,
      fallback: childKeys,
    });
    return scopes as readonly Scope[];
  } catch (error) {
    // The stack ends: then no name is known.
    if (error instanceof RangeError) return [];
    throw error;
  }
}
