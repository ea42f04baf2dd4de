import type { TargetOptions } from './target-options.js';

/** What the file says beside an option that means the opposite would be refused: the option has the last word. */
const replacedBy: readonly (readonly [given: string, inFile: readonly string[]])[] = [
  ['releases', ['inPlace']],
  ['releasesDirectory', ['inPlace']],
  ['inPlace', ['releases', 'releasesDirectory']],
  ['site', ['newSite', 'binding', 'certificate']],
  ['newSite', ['site', 'path']],
];

/** The options of a target in package.json, and over them those that are given. */
export function overTarget<Given extends object>(
  inFile: TargetOptions,
  given: Given,
): Omit<TargetOptions, 'directory'> & Given {
  const { directory: _folder, ...left } = inFile as Record<string, unknown>;
  const own = Object.entries(given).filter(([, value]) => value !== undefined);
  const names = new Set(own.map(([name]) => name));
  for (const [name, replaced] of replacedBy) {
    if (names.has(name)) for (const one of replaced) delete left[one];
  }
  return { ...left, ...Object.fromEntries(own) } as Omit<TargetOptions, 'directory'> & Given;
}
