import type { AnyNode } from 'acorn';
import { analyze } from 'eslint-scope';
import { remembered } from '../remembered.js';
import { addTo } from './add-to.js';
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

/** How a name in the program is used. */
interface Use {
  readonly variable: Variable;
  readonly isRead: boolean;
}

/** The scopes of a program, analysed when first needed. */
export const scopesOf = remembered(({ program }: Tree): Scopes => {
  const scopes = scopesIn(program);
  const useOf = usesOf(scopes);
  // A CommonJS script has its own function scope, a module its own module scope.
  const top = scopes.find(({ type, block }) => block === program && type !== 'global');
  return {
    variableOf: (name) => useOf(name)?.variable,
    isRead: (name) => useOf(name)?.isRead ?? false,
    topLevel: (name) => top?.set.get(name),
  };
});

/** Most names of a program are never asked about: the uses of a name are listed when the first of them is. */
function usesOf(scopes: readonly Scope[]): (name: AnyNode) => Use | undefined {
  const byName = new Map<string, Variable[]>();
  for (const { variables } of scopes) {
    for (const variable of variables) addTo(byName, variable.name, variable);
  }
  const listed = new Map<string, ReadonlyMap<AnyNode, Use>>();
  return (name) => {
    if (name.type !== 'Identifier' && !isJsxName(name)) return undefined;
    const variables = byName.get(name.name);
    if (variables === undefined) return undefined;
    const uses = listed.get(name.name) ?? usesOfName(variables);
    listed.set(name.name, uses);
    return uses.get(name);
  };
}

/** The name of a JSX element, `<Chat/>`, is a use of a variable. */
const isJsxName = (node: {
  readonly type: string;
}): node is { readonly type: 'JSXIdentifier'; readonly name: string } => node.type === 'JSXIdentifier';

function usesOfName(variables: readonly Variable[]): ReadonlyMap<AnyNode, Use> {
  const uses = new Map<AnyNode, Use>();
  for (const variable of variables) {
    const add = (name: AnyNode, isRead: boolean): void => {
      uses.set(name, { variable, isRead: isRead || uses.get(name)?.isRead === true });
    };
    // The name of a class is declared outside of it, and again in its own scope: the outer one comes first.
    for (const { name } of variable.defs) if (!uses.has(name)) add(name, false);
    for (const reference of variable.references) add(reference.identifier, reference.isRead());
  }
  return uses;
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
