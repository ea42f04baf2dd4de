import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileLimits, isBelow, readFileSync, realFolder } from '../files/index.js';
import type { PackFault, PackTarget } from './types.js';

/** A package that runs, and its folder in the release. */
export interface PlacedPackage {
  /** Relative to the app's folder, forward slashes: 'node_modules/ws'. */
  readonly at: string;
  /** Its real folder, absolute. */
  readonly folder: string;
}

/** The packages that an app runs with, and why some cannot be deployed. */
export interface RunningPackages {
  readonly packages: readonly PlacedPackage[];
  readonly faults: readonly PackFault[];
}

interface Package {
  readonly folder: string;
  /** Packages that it loads, by name. */
  readonly needs: ReadonlyMap<string, string>;
}

interface Dependencies {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Empty: every one. */
  readonly os: readonly string[];
  readonly cpu: readonly string[];
}

/**
 * Finds the packages that run: those that the app's package.json files need, and those that these need, as node finds them in
 * node_modules. So devDependencies are left out whichever package manager has installed them, without the network and without its
 * lock file. Where packages are links (pnpm, workspaces), they get places in a node_modules without links.
 * @param root The app's real folder.
 * @param owners The real folders of the app with a package.json; the first one is the app's own.
 */
export function runningPackages(root: string, owners: readonly string[], target: PackTarget): RunningPackages {
  const search = new Search(root, target);
  const tops = owners.map((folder) => search.visit(folder, folder === root));
  search.finish();
  const { faults, reached } = search;
  if (!search.linked) {
    const packages = [...reached.keys()]
      .filter((folder) => !owners.includes(folder))
      .map((folder) => ({ at: relativeTo(root, folder), folder }));
    return { packages, faults };
  }
  const packages = tops.flatMap((top) => placesFor(top, relativeTo(root, top.folder), reached, faults));
  return { packages: packages.filter(({ at }, index) => packages.findIndex((one) => one.at === at) === index), faults };
}

/** Does the folder have a package.json with dependencies of any kind? */
export function namesPackages(folder: string): boolean {
  const fields = manifestIn(folder);
  const all = [fields.dependencies, fields.devDependencies, fields.optionalDependencies, fields.peerDependencies];
  return all.some((each) => Object.keys(objectOf(each)).length > 0);
}

/** Folders such as node_modules/.prisma beside the packages that run: a package has generated code there, and loads it by that path. */
export function generatedFolders(packages: readonly PlacedPackage[]): readonly PlacedPackage[] {
  const found = new Map<string, string>();
  for (const { at, folder } of packages) {
    const up = path.posix.basename(path.posix.dirname(at)).startsWith('@') ? '../..' : '..';
    const beside = path.join(folder, up);
    if (path.basename(beside) !== 'node_modules') continue; // a package of the app itself
    const place = path.posix.join(at, up);
    for (const entry of existsSync(beside) ? readdirSync(beside, { withFileTypes: true }) : []) {
      const name = `${place}/${entry.name}`;
      if (entry.isDirectory() && entry.name.startsWith('.') && !found.has(name))
        found.set(name, path.join(beside, entry.name));
    }
  }
  return [...found].map(([at, folder]) => ({ at, folder }));
}

const relativeTo = (root: string, folder: string): string => path.relative(root, folder).split(path.sep).join('/');

class Search {
  readonly reached = new Map<string, Package>();
  readonly faults: PackFault[] = [];
  /** A package was found through a link. */
  linked = false;
  readonly #root: string;
  readonly #target: PackTarget;
  readonly #waiting: { folder: string; needs: Map<string, string>; isApp: boolean }[] = [];

  constructor(root: string, target: PackTarget) {
    this.#root = root;
    this.#target = target;
  }

  /** @param isApp the app's own folder: its missing packages are faults; those of others may never be loaded. */
  visit(folder: string, isApp = false): Package {
    const known = this.reached.get(folder);
    if (known !== undefined) return known;
    const needs = new Map<string, string>();
    const found: Package = { folder, needs };
    this.reached.set(folder, found);
    this.#waiting.push({ folder, needs, isApp });
    return found;
  }

  finish(): void {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const { folder, needs, isApp } = next;
      const { required, optional } = dependenciesIn(folder);
      for (const name of required) {
        const at = this.#find(name, folder);
        if (at !== undefined) this.#take(name, at, needs);
        else if (isApp) this.faults.push({ kind: 'missing', path: name, why: 'it is not installed' });
      }
      this.#takeOptional(folder, optional, needs);
    }
  }

  #take(name: string, folder: string, needs: Map<string, string>): void {
    if (!isBelow(this.#root, folder)) {
      const why = `it is in ${folder}, outside the app's folder`;
      if (!this.faults.some(({ path }) => path === name)) this.faults.push({ kind: 'outside', path: name, why });
      return;
    }
    needs.set(name, folder);
    this.visit(folder);
  }

  /** What npm would not install on the server is left out; where that has an add-on of its own for the server, it is missing. */
  #takeOptional(folder: string, names: readonly string[], needs: Map<string, string>): void {
    let left: string | undefined;
    let fits = false;
    for (const name of names) {
      const at = this.#find(name, folder);
      if (at === undefined) continue;
      const { os, cpu } = dependenciesIn(at);
      if (!allows(os, this.#target.platform) || !allows(cpu, this.#target.arch)) {
        left = name;
        continue;
      }
      if (os.length > 0) fits = true;
      this.#take(name, at, needs);
    }
    const { platform, arch } = this.#target;
    if (left === undefined || fits || !names.some((name) => name.includes(platform))) return;
    const why = `${left} is for another platform, and the one for ${platform}-${arch} is not installed`;
    this.faults.push({ kind: 'native', path: path.basename(folder), why });
  }

  /** The real folder of a package, as node finds it from another folder. */
  #find(name: string, from: string): string | undefined {
    for (let at = from; ; at = path.dirname(at)) {
      if (path.basename(at) !== 'node_modules') {
        const candidate = path.join(at, 'node_modules', name);
        const real = realFolder(candidate);
        if (real !== undefined) {
          if (real !== candidate) this.linked = true;
          return real;
        }
      }
      if (path.dirname(at) === at) return undefined;
    }
  }
}

/** As in the fields os and cpu of package.json: a list of names, or of names with "!". */
function allows(list: readonly string[], name: string): boolean {
  if (list.includes(`!${name}`)) return false;
  const positive = list.filter((each) => !each.startsWith('!'));
  return positive.length === 0 || positive.includes(name) || positive.includes('any');
}

/** Of a package.json that cannot be read: none. Node would refuse it too, if it were loaded. */
function dependenciesIn(folder: string): Dependencies {
  const fields = manifestIn(folder);
  const optional = Object.keys(objectOf(fields.optionalDependencies));
  const ifThere = objectOf(fields.peerDependenciesMeta);
  // npm installs an optional peer only if another package needs it.
  const peers = Object.keys(objectOf(fields.peerDependencies)).filter(
    (name) => objectOf(ifThere[name]).optional !== true,
  );
  const required = Object.keys(objectOf(fields.dependencies)).filter((name) => !optional.includes(name));
  return { required, optional: [...optional, ...peers], os: listOf(fields.os), cpu: listOf(fields.cpu) };
}

function manifestIn(folder: string): Readonly<Record<string, unknown>> {
  try {
    const text = readFileSync(path.join(folder, 'package.json'), fileLimits.source).toString('utf8');
    return objectOf(JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch {
    return {};
  }
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
const listOf = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).filter((each): each is string => typeof each === 'string');

/** Two packages that need each other's older versions would be placed in each other without end. */
const deepest = 32;

/**
 * Places in node_modules without links: beside the app where the name is free, else in the package that needs it. Each package finds
 * what it has found through the links.
 */
function placesFor(
  top: Package,
  base: string,
  reached: ReadonlyMap<string, Package>,
  faults: PackFault[],
): readonly PlacedPackage[] {
  const placed = new Map<string, string>();
  const below = (place: string, name: string): string => `${place === '' ? '' : `${place}/`}node_modules/${name}`;
  const waiting: { readonly one: Package; readonly at: string; readonly depth: number }[] = [
    { one: top, at: base, depth: 0 },
  ];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { one, at, depth } = next;
    for (const [name, folder] of one.needs) {
      const seen = foundFrom(at, base, (place) => placed.get(below(place, name)));
      if (seen === folder) continue;
      const place = below(seen === undefined ? base : at, name);
      if (depth >= deepest) {
        faults.push({ kind: 'link', path: place, why: 'its packages need each other in a circle of versions' });
        continue;
      }
      placed.set(place, folder);
      const found = reached.get(folder);
      if (found !== undefined) waiting.push({ one: found, at: place, depth: depth + 1 });
    }
  }
  return [...placed].map(([at, folder]) => ({ at, folder }));
}

/** Asks each folder from `at` up to `base`, as node looks for a package. */
function foundFrom(at: string, base: string, ask: (place: string) => string | undefined): string | undefined {
  for (let place = at; ; place = path.posix.dirname(place)) {
    const here = place === '.' ? '' : place;
    const found = path.posix.basename(here) === 'node_modules' ? undefined : ask(here);
    if (found !== undefined || here === base || here === '') return found;
  }
}
