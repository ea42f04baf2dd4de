import path from 'node:path';

/** Files by their path, with the paths of those that they import: values and types alike. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/** Floors, ground floor first. The rooms of one floor are peers. */
export type Floors = readonly (readonly string[])[];

/** What code names behind `import` and `from`, also in `import('...')`. */
export const namesImportedIn = (code: string): string[] =>
  [...code.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');

/** The files that these import of each other, `.js` in an import standing for the `.ts` it is made of. */
export function importsAmong(codes: ReadonlyMap<string, string>): Imports {
  const files = [...codes].map(([file, code]): [string, string[]] => {
    const targets = namesImportedIn(code)
      .filter((name) => name.startsWith('.'))
      .map((name) => path.posix.normalize(path.posix.join(path.posix.dirname(file), name)).replace(/\.js$/, '.ts'));
    return [file, [...new Set(targets)].filter((target) => codes.has(target))];
  });
  return new Map(files);
}

/** What the floors do not allow, a line for each import: from above, from a peer, or from a room that is on no floor. */
export function floorFaults(imports: Imports, floors: Floors, roomOf: (file: string) => string): string[] {
  const floorOf = (room: string): number => floors.findIndex((rooms) => rooms.includes(room));
  return [...imports].flatMap(([file, targets]) => {
    const room = roomOf(file);
    if (floorOf(room) === -1) return [`${file}: ${room} is on no floor`];
    return targets.flatMap((target) => {
      const other = roomOf(target);
      if (other === room || floorOf(other) === -1) return []; // the latter is said of the target itself
      if (floorOf(other) > floorOf(room)) return [`${file} imports ${target} from above`];
      return floorOf(other) === floorOf(room) ? [`${file} imports ${target} of a peer`] : [];
    });
  });
}

/** Files that import each other in a circle: each group of them once, in the order of `imports`. */
export function importCircles(imports: Imports): string[][] {
  const reached = new Map([...imports.keys()].map((file) => [file, reachedFrom(imports, file)]));
  const seen = new Set<string>();
  return [...imports.keys()].flatMap((file) => {
    if (seen.has(file) || !reached.get(file)?.has(file)) return [];
    const circle = [...imports.keys()].filter(
      (other) => reached.get(file)?.has(other) && reached.get(other)?.has(file),
    );
    for (const each of circle) seen.add(each);
    return [circle];
  });
}

/** All that a file imports, directly or through others; the file itself only where a circle leads back to it. */
function reachedFrom(imports: Imports, file: string): ReadonlySet<string> {
  const reached = new Set(imports.get(file));
  for (const each of reached) for (const next of imports.get(each) ?? []) reached.add(next);
  return reached;
}
