import { type Dirent, existsSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors.js';
import { isBelow } from '../files/index.js';
import { type IgnoreRules, readIgnoreRules } from './ignore-rules.js';
import { addonFaults } from './native-addons.js';
import { deploysOwn } from './own-files.js';
import { generatedFolders, namesPackages, runningPackages } from './packages.js';
import { packRefused } from './refusal.js';
import type { AppFile, PackFault, PackOptions } from './types.js';
import { windowsNameFault } from './windows-names.js';

/** An app with more files than this is not meant as one. */
const mostFiles = 300_000;
/** In node_modules, but no packages: links to programs, and what package managers and tools keep there. */
const notPackages = ['.bin', '.cache', '.pnpm', '.vite', '.vitest'];
const alwaysTaken = ['web.config', 'iisnode.yml'];

/**
 * Lists the files of an app that run on the server, sorted by path: without devDependencies, tests, logs, and what the app's
 * .deployignore names. A symbolic link is replaced by what it leads to. The same files give the same list.
 * @throws UserError APP_NOT_PACKABLE, which names all files that cannot be deployed; FileError; the signal's reason.
 */
export function listAppFiles(options: PackOptions): readonly AppFile[] {
  return new Listing(options).list();
}

class Listing {
  readonly #options: PackOptions;
  readonly #root: string;
  readonly #rules: IgnoreRules;
  readonly #leaveOut: ReadonlySet<string>;
  readonly #files = new Map<string, AppFile>();
  readonly #faults: PackFault[] = [];
  /** Folders of the app with a package.json. */
  readonly #owners: string[] = [];
  /** Folders named node_modules without a package.json that says which packages are needed. */
  readonly #whole: string[] = [];

  constructor(options: PackOptions) {
    this.#options = options;
    this.#root = realpathSync.native(options.directory);
    this.#rules = readIgnoreRules(options.directory);
    this.#leaveOut = new Set((options.leaveOut ?? []).map((folder) => path.resolve(folder)));
  }

  list(): readonly AppFile[] {
    const { directory, keep = [], target, packages = true } = this.#options;
    this.#walkApp(directory, '', [this.#root]);
    if (packages) this.#walkPackages();
    for (const file of [...alwaysTaken, ...keep]) this.#keep(file);
    const files = [...this.#files.values()].sort((left, right) => (left.path < right.path ? -1 : 1));
    this.#faults.push(...addonFaults(files, target));
    if (this.#faults.length > 0) throw packRefused(directory, this.#faults, target);
    return files;
  }

  #walkPackages(): void {
    const { directory, target } = this.#options;
    const owners = this.#owners.map((folder) => realpathSync.native(folder));
    const { packages, faults } = runningPackages(this.#root, owners, target);
    this.#faults.push(...faults);
    for (const { at, folder } of packages) this.#walkPackage(folder, at, [folder]);
    for (const { at, folder } of generatedFolders(packages)) {
      if (!notPackages.includes(path.basename(at))) this.#walkPackage(folder, at, [folder], true);
    }
    for (const at of this.#whole) this.#walkPackage(path.join(directory, at), at, [path.join(directory, at)], true);
  }

  #walkApp(folder: string, at: string, above: readonly string[]): void {
    const entries = this.#entriesOf(folder, at);
    if (entries.some(({ name }) => name === 'package.json') || at === '') this.#owners.push(folder);
    const own = deploysOwn(
      folder,
      entries.map(({ name }) => name),
    );
    for (const entry of entries) {
      if (own.has(entry.name)) continue;
      const relative = at === '' ? entry.name : `${at}/${entry.name}`;
      if (entry.name === 'node_modules') {
        // Beside a package.json that names packages only what those need is taken.
        if (!namesPackages(folder)) this.#whole.push(relative);
        continue;
      }
      this.#take({ folder, entry, relative, above, ignored: this.#rules.ofApp, walk: (...to) => this.#walkApp(...to) });
    }
  }

  /** @param isWhole also the packages in it. */
  #walkPackage(folder: string, at: string, above: readonly string[], isWhole = false): void {
    const ignored = this.#rules.ofPackage;
    for (const entry of this.#entriesOf(folder, at)) {
      if (!isWhole && entry.name === 'node_modules') continue; // its packages have places of their own
      if (isWhole && notPackages.includes(entry.name)) continue;
      const relative = `${at}/${entry.name}`;
      this.#take({ folder, entry, relative, above, ignored, walk: (...to) => this.#walkPackage(...to, isWhole) });
    }
  }

  #take(found: FoundEntry): void {
    const { folder, entry, relative, above, ignored, walk } = found;
    const source = path.join(folder, entry.name);
    if (this.#leaveOut.has(path.resolve(source))) return;
    const seen = this.#statsOf(entry, source, relative, ignored);
    if (seen === undefined || ignored(relative, seen.stats.isDirectory())) return;
    const { stats, real } = seen;
    if (stats.isDirectory()) {
      if (real !== undefined && above.includes(real)) {
        this.#faults.push({ kind: 'link', path: relative, why: 'it is a link to a folder above it' });
      } else walk(source, relative, real === undefined ? above : [...above, real]);
    } else this.#add(relative, source, stats);
  }

  #add(relative: string, source: string, { size, mtimeMs }: Stats): void {
    this.#files.set(relative, { path: relative, source, size, mtimeMs });
    this.#options.signal?.throwIfAborted();
    if (this.#files.size > mostFiles) throw tooMany(this.#options.directory);
  }

  /** undefined: it was left out, or is a fault. `real` is the target of a link. */
  #statsOf(
    entry: Dirent,
    source: string,
    relative: string,
    ignored: FoundEntry['ignored'],
  ): { readonly stats: Stats; readonly real: string | undefined } | undefined {
    const isLink = entry.isSymbolicLink();
    if (isLink && (ignored(relative, false) || ignored(relative, true))) return undefined;
    const fault = (kind: PackFault['kind'], why: string): undefined =>
      void this.#faults.push({ kind, path: relative, why });
    try {
      const real = isLink ? realpathSync.native(source) : undefined;
      if (real !== undefined && !isBelow(this.#root, real))
        return fault('link', `it is a link to ${real}, outside the app's folder`);
      const stats = statSync(source);
      if (stats.isDirectory() || stats.isFile()) return { stats, real };
      return ignored(relative, false) ? undefined : fault('special', 'it is neither a file nor a folder');
    } catch {
      return isLink ? fault('link', 'it is a link to nothing') : fault('unreadable', 'it cannot be read');
    }
  }

  /** Sorted; names that Windows refuses, and names that are one there, are faults. */
  #entriesOf(folder: string, at: string): readonly Dirent[] {
    this.#options.signal?.throwIfAborted();
    let entries: Dirent[];
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch {
      this.#faults.push({ kind: 'unreadable', path: at === '' ? '.' : at, why: 'the folder cannot be read' });
      return [];
    }
    const ignored = at.split('/').includes('node_modules') ? this.#rules.ofPackage : this.#rules.ofApp;
    const byName = new Map<string, string>();
    for (const entry of entries) {
      const relative = at === '' ? entry.name : `${at}/${entry.name}`;
      if (entry.name === 'node_modules' || ignored(relative, entry.isDirectory())) continue;
      const why = windowsNameFault(entry.name);
      if (why !== undefined) this.#faults.push({ kind: 'name', path: relative, why });
      const other = byName.get(entry.name.toLowerCase());
      if (other !== undefined)
        this.#faults.push({ kind: 'case', path: relative, why: `on Windows it is the same as ${other}` });
      byName.set(entry.name.toLowerCase(), entry.name);
    }
    return entries.sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  /** A file that the app needs, although a rule leaves it out. */
  #keep(file: string): void {
    const source = path.join(this.#options.directory, file);
    if ([...this.#files.keys()].some((known) => known.toLowerCase() === file.toLowerCase())) return;
    if (!existsSync(source)) return;
    const stats = statSync(source);
    if (stats.isFile()) this.#add(file, source, stats);
  }
}

interface FoundEntry {
  readonly folder: string;
  readonly entry: Dirent;
  readonly relative: string;
  /** Real folders that the walk is in. */
  readonly above: readonly string[];
  readonly ignored: (relative: string, isFolder: boolean) => boolean;
  readonly walk: (folder: string, at: string, above: readonly string[]) => void;
}

const tooMany = (directory: string): UserError =>
  new UserError('APP_NOT_PACKABLE', {
    what: `${directory} has more than ${mostFiles} files`,
    why: 'No app has that many: it is a folder with other things in it',
    next: 'name what does not belong to the app in .deployignore (the grammar of .gitignore)',
    exit: 'refused',
  });
