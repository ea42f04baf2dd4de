import path from 'node:path';
import { remembered } from '../remembered.js';
import type { AppFolder } from './folder.js';
import { keyOf } from './properties.js';
import { startCommandOf } from './start-script.js';
import { parseTsconfig, relativeTo } from './tsconfig.js';
import { objectOf, propertyOf, readValue } from './values.js';

/** A name that an app gives to files of its own: `#lib/*`, `@live/*`. Relative to the app's folder, at most one `*` in each. */
interface OwnName {
  readonly pattern: string;
  readonly targets: readonly string[];
}

/** The names of each folder that was asked for. */
const namesIn = remembered((_folder: AppFolder) => new Map<string, readonly OwnName[]>());

/**
 * What a name of the app's own stands for, relative and without the ending that may be missing: by `imports` of the package.json
 * (`#lib/app`), or by `paths` of a tsconfig (`@live/open`), of the nearest folder that has it; or by NODE_PATH. None
 * for a package's name.
 */
export function ownNameTargets(folder: AppFolder, from: string, specifier: string): readonly string[] {
  for (let at = path.posix.dirname(from); ; at = path.posix.dirname(at)) {
    const names = namesOf(folder, at === '.' ? '' : at);
    const found = names.flatMap(({ pattern, targets }) => {
      const star = starOf(pattern, specifier);
      return star === undefined ? [] : targets.map((target) => target.replace('*', () => star));
    });
    if (found.length > 0) return found;
    if (at === '.' || at === '/') return inNodePath(folder, specifier);
  }
}

/** The folders of NODE_PATH as the start script sets it, where node looks last, and the packages that it finds before. */
const nodePathsOf = remembered((folder: AppFolder) => {
  const { scripts, dependencies, devDependencies } = manifestIn(folder, '') as Record<string, object | undefined>;
  const start = startCommandOf(Object.fromEntries(Object.entries(scripts ?? {}).filter(isText)));
  const places = (start?.env.NODE_PATH ?? '').split(/[:;]/).map((place) => place.replaceAll('\\', '/'));
  return {
    folders: places.flatMap((place) => (/^$|^\//.test(place) ? [] : [path.posix.join(start?.folder ?? '', place)])),
    packages: new Set(Object.keys({ ...dependencies, ...devDependencies })),
  };
});

const isText = (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === 'string';

function inNodePath(folder: AppFolder, specifier: string): readonly string[] {
  const { folders, packages } = nodePathsOf(folder);
  const [name] = /^(@[^/]*\/)?[^/]*/.exec(specifier) ?? [''];
  return packages.has(name) ? [] : folders.map((place) => path.posix.join(place, specifier));
}

/** What is in a package.json; an empty object where it is none. */
function manifestIn(folder: AppFolder, at: string): object {
  try {
    const manifest: unknown = JSON.parse(folder.read(path.posix.join(at, 'package.json')) ?? '{}');
    return typeof manifest === 'object' && manifest !== null ? manifest : {};
  } catch {
    return {};
  }
}

/** What the `*` of a pattern stands for; '' for a pattern without one. */
function starOf(pattern: string, specifier: string): string | undefined {
  const [before = '', after] = pattern.split('*', 2);
  if (after === undefined) return pattern === specifier ? '' : undefined;
  const fits =
    specifier.length >= before.length + after.length && specifier.startsWith(before) && specifier.endsWith(after);
  return fits ? specifier.slice(before.length, specifier.length - after.length) : undefined;
}

function namesOf(folder: AppFolder, at: string): readonly OwnName[] {
  const known = namesIn(folder);
  const found = known.get(at) ?? [...importsOf(folder, at), ...pathsOf(folder, at)];
  known.set(at, found);
  return found;
}

function importsOf(folder: AppFolder, at: string): readonly OwnName[] {
  const { imports } = manifestIn(folder, at) as { readonly imports?: unknown };
  if (typeof imports !== 'object' || imports === null) return [];
  return Object.entries(imports).flatMap(([pattern, target]) => {
    const [file] = filesOf(target);
    return file === undefined || !pattern.startsWith('#') ? [] : [{ pattern, targets: [path.posix.join(at, file)] }];
  });
}

/** The files of a target, with its conditions: node takes the first that is true. */
function filesOf(target: unknown): readonly string[] {
  if (typeof target === 'string') return target.startsWith('./') ? [target] : [];
  if (Array.isArray(target)) return target.flatMap(filesOf);
  if (typeof target !== 'object' || target === null) return [];
  return Object.entries(target).flatMap(([condition, each]) =>
    /^(node|import|require|module-sync|default|production)$/.test(condition) ? filesOf(each) : [],
  );
}

/** Types and packages are no files of the app. */
const isForeign = (file: string): boolean => /(^|\/)node_modules\/|\.d\.[cm]?ts$/.test(file);

const configuration = /^[jt]sconfig([.-][\w.-]+)?\.json$/;

/** The tsconfig files of a folder, by the folders that have them. */
const tsconfigsIn = remembered((folder: AppFolder) => {
  const found = new Map<string, string[]>();
  for (const file of folder.files) {
    const { dir, base } = path.posix.parse(file);
    if (configuration.test(base)) found.set(dir, [...(found.get(dir) ?? []), file]);
  }
  return found;
});

/** Which of several tsconfig files is used is not known: all that name files of the app are right. */
const pathsOf = (folder: AppFolder, at: string): readonly OwnName[] =>
  (tsconfigsIn(folder).get(at) ?? []).flatMap((file) => pathsIn(folder, file));

function pathsIn(folder: AppFolder, name: string): readonly OwnName[] {
  const parsed = parseTsconfig(folder, name);
  if (parsed?.options === undefined) return [];
  const { options, bindings, text } = parsed;
  const paths = objectOf(propertyOf(options, 'paths', bindings), bindings);
  const root = relativeTo(name, text(options, 'baseUrl') ?? '.');
  return (paths?.properties ?? []).flatMap((property) => {
    const pattern = property.type === 'Property' ? keyOf(property) : undefined;
    // `*` alone stands for every package, too.
    if (property.type !== 'Property' || pattern === undefined || pattern === '*') return [];
    if (property.value.type !== 'ArrayExpression') return [];
    const targets = property.value.elements.flatMap((element) => {
      const value = element && readValue(element, bindings);
      const file = value?.kind === 'literal' ? path.posix.join(root, String(value.value)) : undefined;
      return file === undefined || isForeign(file) ? [] : [file];
    });
    return targets.length > 0 ? [{ pattern, targets }] : [];
  });
}
