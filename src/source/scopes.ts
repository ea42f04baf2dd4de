import type { AnyNode } from 'acorn';
import { analyze } from 'eslint-scope';
import { childKeys } from './child-keys.js';
import type { Tree } from './tree.js';
import type { Variable } from './variable.js';

/** The variables of a program. */
export interface Scopes {
  /** The variable of a name, with its declarations and uses; undefined for globals. */
  variableOf(name: AnyNode): Variable | undefined;
  /** Is the name a use of the variable here, and not its declaration? */
  isRead(name: AnyNode): boolean;
  /** The variables that the program declares outside of functions and blocks. */
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

/** The scopes of a program, analysed when first needed. */
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
  // A CommonJS script has its own function scope, a module its own module scope.
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
    // Stack overflow: then no name is known.
    if (error instanceof RangeError) return [];
    throw error;
  }
}
