/** From this length on a set of the names costs less than looking through the list. */
const long = 64;

const lists = ['var', 'lexical', 'functions', 'types', 'enums', 'exportOnlyBindings'];

/** What acorn and its plugin for TypeScript keep of the names that a program declares. */
interface DeclaringParser {
  readonly scopeStack: readonly object[];
  /** The plugin's alone. */
  readonly importsStack?: readonly string[][];
}

/**
 * Lets a parser find a name in the long lists of its innermost scope without going through them: acorn looks for each name that a
 * program declares among all that were declared before (acorn, src/scope.js, declareName).
 */
export function indexNames({ scopeStack, importsStack }: DeclaringParser): void {
  const scope = scopeStack.at(-1);
  for (const list of lists) indexLong(scope && Reflect.get(scope, list));
  indexLong(importsStack?.at(-1));
}

function indexLong(names: unknown): void {
  if (!Array.isArray(names) || names.length < long || Object.hasOwn(names, 'indexOf')) return;
  const { push, indexOf } = Array.prototype;
  const known = new Set<unknown>(names);
  // The list itself stays: the plugin shortens it where it reads a part again. Then the set has more names than the list.
  const methods = {
    indexOf: (name: unknown) => (known.has(name) ? indexOf.call(names, name) : -1),
    includes: (name: unknown) => known.has(name) && indexOf.call(names, name) >= 0,
    push: (...added: unknown[]) => {
      for (const name of added) known.add(name);
      return push.apply(names, added);
    },
  };
  for (const [name, value] of Object.entries(methods)) Object.defineProperty(names, name, { value });
}
