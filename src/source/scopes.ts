import type { AnyNode } from 'acorn';
import type { Scope } from './scope.js';
import { type Name, ScopeReader } from './scope-reader.js';
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

const known = new WeakMap<Tree, Scopes>();

/** The scopes of a program, analysed when first needed. */
export function scopesOf(tree: Tree): Scopes {
  const found = known.get(tree) ?? readScopes(tree);
  known.set(tree, found);
  return found;
}

/** What one name means, wherever it stands. */
interface Meaning {
  readonly variables: ReadonlyMap<AnyNode, Variable>;
  readonly reads: ReadonlySet<AnyNode>;
}

/** Most readers ask for a few names of a program: each is resolved when it is first asked for. */
function readScopes({ program }: Tree): Scopes {
  const read = readNames(program);
  const known = new Map<string, Meaning>();
  const meaningOf = (name: string): Meaning | undefined => {
    const named = read?.names.get(name);
    if (named === undefined) return undefined;
    const meaning = known.get(name) ?? meaningIn(name, named);
    known.set(name, meaning);
    return meaning;
  };
  const nameOf = (node: AnyNode): string => ('name' in node ? String(node.name) : '');
  return {
    variableOf: (name) => meaningOf(nameOf(name))?.variables.get(name),
    isRead: (name) => meaningOf(nameOf(name))?.reads.has(name) ?? false,
    topLevel: (name) => (meaningOf(name) ? read?.top.names?.get(name) : undefined),
  };
}

function meaningIn(name: string, { scopes, uses }: Name): Meaning {
  const reads = new Set<AnyNode>();
  const declaring = new Set(scopes);
  for (const use of uses) {
    const { identifier } = use;
    for (let scope: Scope | undefined = use.from; scope; scope = scope.upper) {
      const variable = scope.find(name, identifier.start);
      if (variable === undefined) continue;
      declaring.add(scope); // of `arguments` that nothing declares
      variable.references.push(use);
      if (use.isRead()) reads.add(identifier);
      break;
    }
  }
  const variables = new Map<AnyNode, Variable>();
  for (const { names } of [...declaring].sort((a, b) => a.order - b.order)) {
    const variable = names?.get(name);
    if (variable === undefined) continue;
    for (const { name: declared } of variable.defs) variables.set(declared, variable);
    for (const { identifier } of variable.references) variables.set(identifier, variable);
  }
  return { variables, reads };
}

/** undefined when the program nests too deep for the stack: then no name is known. */
function readNames(program: Tree['program']): ScopeReader | undefined {
  const isModule = program.body.some(({ type }) => /^(Import|Export).*Declaration$/.test(type));
  try {
    return new ScopeReader(program, isModule);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
