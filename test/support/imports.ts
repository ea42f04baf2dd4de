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

/** Names that a file takes from another one. */
export interface Taken {
  /** The other file, relative to the same folder as `file`. */
  readonly from: string;
  readonly names: readonly string[];
}

const nameList = (list: string): string[] =>
  list
    .split(',')
    .map((part) => /^\s*(?:type\s+)?(\w+)/.exec(part)?.[1])
    .filter((name) => name !== undefined);

/** The names that a file imports or exports again, by the file that they come from; `*` is a whole module. */
export function namesTakenBy(file: string, code: string): Taken[] {
  const absolute = (name: string): string =>
    path.posix.normalize(path.posix.join(path.posix.dirname(file), name)).replace(/\.js$/, '.ts');
  const specifier = "'(\\.[^']+)'";
  const forms: readonly (readonly [RegExp, (list: string) => string[]])[] = [
    [new RegExp(`(?:import|export)\\s+(?:type\\s+)?{([^{}]*)}\\s*from\\s*${specifier}`, 'g'), nameList],
    [new RegExp(`{([^{}]*)}\\s*=\\s*await import\\(${specifier}\\)`, 'g'), nameList],
    [new RegExp(`(\\*)(?:\\s*as\\s+\\w+)?\\s*from\\s*${specifier}`, 'g'), () => ['*']],
  ];
  const lists = forms.flatMap(([pattern, namesOf]) =>
    [...code.matchAll(pattern)].map(([, list = '', from = '']) => ({ from: absolute(from), names: namesOf(list) })),
  );
  // `import('./file.js').Name`, `(await import('./file.js')).name` and `import('./file.js')['name']`
  const single = new RegExp(`import\\(${specifier}\\)+(?:\\.|\\[')(\\w+)`, 'g');
  return [
    ...lists,
    ...[...code.matchAll(single)].map(([, from = '', name = '']) => ({ from: absolute(from), names: [name] })),
  ];
}

/** The names that a file exports, its own and those of other files; `*` for all of another file. */
export function namesExportedBy(code: string): string[] {
  const own = code.matchAll(
    /^export\s+(?:async\s+)?(?:abstract\s+)?(?:function\*?|const|class|interface|type)\s+(\w+)/gm,
  );
  const lists = code.matchAll(/^export\s+(?:type\s+)?{([^{}]*)}/gm);
  const renamed = (list: string): string => list.replaceAll(/\w+\s+as\s+/g, '');
  return [
    ...[...own].map((match) => match[1] ?? ''),
    ...[...lists].flatMap((match) => nameList(renamed(match[1] ?? ''))),
    ...(/^export\s+(?:type\s+)?\*/m.test(code) ? ['*'] : []),
  ];
}

/**
 * Names that an index file exports and no file outside its folder takes: `config/index.ts: merge`.
 * @param codes the code of every file that may take one, by its path.
 * @param isPublic whether an index file is an entry point of the package.
 */
export function unusedInIndexFiles(codes: ReadonlyMap<string, string>, isPublic: (file: string) => boolean): string[] {
  const taken = new Map<string, Set<string>>();
  for (const [file, code] of codes) {
    for (const { from, names } of namesTakenBy(file, code)) {
      if (file.startsWith(`${path.posix.dirname(from)}/`)) continue;
      const known = taken.get(from) ?? new Set();
      taken.set(from, known);
      for (const name of names) known.add(name);
    }
  }
  const isIndex = (file: string): boolean => file.endsWith('/index.ts') && !isPublic(file);
  return [...codes]
    .filter(([file]) => isIndex(file))
    .flatMap(([file, code]) =>
      namesExportedBy(code)
        .filter((name) => !taken.get(file)?.has(name))
        .map((name) => `${file}: ${name}`),
    );
}
