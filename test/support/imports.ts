import path from 'node:path';

/** Files by their path, with the paths of those that they import: values and types alike. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/** Floors, the lowest first. The folders of one floor are peers. */
export type Floors = readonly (readonly string[])[];

/** The names after `import` and `from` in code, also in `import('...')`. */
export const namesImportedIn = (code: string): string[] =>
  [...code.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');

/** The imports between these files; `.js` in an import means its `.ts` source. */
export function importsAmong(codes: ReadonlyMap<string, string>): Imports {
  const files = [...codes].map(([file, code]): [string, string[]] => {
    const targets = namesImportedIn(code)
      .filter((name) => name.startsWith('.'))
      .map((name) => path.posix.normalize(path.posix.join(path.posix.dirname(file), name)).replace(/\.js$/, '.ts'));
    return [file, [...new Set(targets)].filter((target) => codes.has(target))];
  });
  return new Map(files);
}

/** Imports that break the rule of floors, one line each: from above, from a peer, or from a folder that is on no floor. */
export function floorFaults(imports: Imports, floors: Floors, folderOf: (file: string) => string): string[] {
  const floorOf = (folder: string): number => floors.findIndex((folders) => folders.includes(folder));
  return [...imports].flatMap(([file, targets]) => {
    const folder = folderOf(file);
    if (floorOf(folder) === -1) return [`${file}: ${folder} is on no floor`];
    return targets.flatMap((target) => {
      const other = folderOf(target);
      if (other === folder || floorOf(other) === -1) return []; // the latter is reported for the target itself
      if (floorOf(other) > floorOf(folder)) return [`${file} imports ${target} from above`];
      return floorOf(other) === floorOf(folder) ? [`${file} imports ${target} of a peer`] : [];
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

/** Everything that a file imports, directly or through others; the file itself only if it is in a circle. */
function reachedFrom(imports: Imports, file: string): ReadonlySet<string> {
  const reached = new Set(imports.get(file));
  for (const each of reached) for (const next of imports.get(each) ?? []) reached.add(next);
  return reached;
}
