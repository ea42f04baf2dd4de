import path from 'node:path';
import {
  type AppFolder,
  type AroundScripts,
  compiledTo,
  isTypeScript,
  makesListen,
  readEcosystem,
  readServerSources,
  type StartCommand,
  startCommandOf,
  startedByScripts,
} from '../source/index.js';
import { isBuilt } from './builds.js';
import { normalName, usualEntries } from './entry-names.js';
import { parseJson, strings } from './json.js';
import { type Manifest, readManifest } from './manifest.js';
import { findPackage, packagesBelow } from './packages.js';

/** A program that may be the app's entry point, and the reason. */
export interface EntryGuess {
  /** Relative, forward slashes, as on disk. */
  readonly name: string;
  readonly from: 'package.json' | 'name';
  /** Its separate package; undefined for the app's own. */
  readonly package?: string;
}

/** The possible entry points of an app whose web.config maps none to iisnode. */
export interface EntryGuesses {
  /** The existing ones, most likely first: what package.json starts and its `main`; without any, files with usual names. */
  readonly found: readonly EntryGuess[];
  /** If there are several, those that make a server listen, if any does. */
  readonly likely: readonly EntryGuess[];
  /** Files that package.json names but that do not exist. */
  readonly missing: readonly string[];
  /** The first of them that a build creates, if nothing else is named. A file with a usual name does not count. */
  readonly coming: string | undefined;
}

/** Guesses the entry point of an app; if its own folder has none, of a package below that makes a server listen. */
export function guessEntries(folder: AppFolder, manifest: Manifest): EntryGuesses {
  const own = guessesIn(folder, manifest, '');
  if (own.found.length > 0 || own.coming !== undefined) return own;
  const below = packagesBelow(folder).map((each) => guessesIn(folder, each.manifest, each.folder));
  const listening = below.flatMap(({ likely }) => likely.filter(({ name }) => listens(folder, name)));
  if (listening.length > 0) return { ...own, found: listening, likely: listening };
  return { ...own, coming: below.find(({ coming }) => coming !== undefined)?.coming };
}

/** Does one of the guesses make a server listen? A folder without package.json may have scripts of pages alone. */
export const guessesServer = (folder: AppFolder, manifest: Manifest): boolean =>
  guessEntries(folder, manifest).likely.some(({ name }) => listens(folder, name));

/** @param at The folder of a package: ''. */
function guessesIn(folder: AppFolder, manifest: Manifest, at: string): EntryGuesses {
  const all = namedEntries(folder, manifest, at).map((name) => runnable(folder, name));
  // Where a framework's command starts the app, its main is not the server.
  const framework = all.find((name) => /(^|\/)node_modules\//.test(name));
  const named = framework === undefined ? all : [framework];
  const declared = unique(named.flatMap((name) => resolveScript(folder, name) ?? []));
  const missing = unique(named.filter((name) => resolveScript(folder, name) === undefined));
  const coming = declared.length > 0 ? undefined : missing.find((name) => isBuilt(folder, name));
  const usual = usualEntries.flatMap((name) => folder.spelling(path.posix.join(at, name)) ?? []);
  const found = declared.length > 0 ? declared : coming === undefined ? usual : [];
  const listening = found.length > 1 ? found.filter((name) => listens(folder, name)) : found;
  const from = declared.length > 0 ? 'package.json' : 'name';
  const asGuesses = (names: readonly string[]): EntryGuess[] =>
    names.map((name) => ({ name, from, ...(at !== '' && { package: at }) }));
  return { found: asGuesses(found), likely: asGuesses(listening.length > 0 ? listening : found), missing, coming };
}

/** node runs JavaScript: of a TypeScript file that a tool starts the compiled one, where it is there or a build creates it. */
function runnable(folder: AppFolder, name: string): string {
  const compiled = compiledTo(folder, name);
  if (compiled === undefined || folder.isFile(compiled) || !folder.isFile(name)) return compiled ?? name;
  return isBuilt(folder, compiled) ? compiled : name;
}

/** The files that the scripts of package.json start, then its main; existing or not. */
function namedEntries(folder: AppFolder, { scripts, main }: Manifest, at: string): readonly string[] {
  const started = startedByScripts(scripts, aroundScripts(folder, at));
  const start = started && (normalName(started).replace(/\/$/, '') || (main ?? 'index.js'));
  return unique(
    [start, main].flatMap((name) => {
      const plain = name === undefined ? '' : path.posix.join(at, normalName(name)).replace(/\/$/, '');
      return plain === '' || plain.startsWith('..') ? [] : [plain];
    }),
  );
}

/**
 * How package.json starts an entry point of the app (relative, forward slashes): the app's own, or that of the package below
 * that the entry point is in; undefined where neither starts it.
 */
export function startOf(folder: AppFolder, manifest: Manifest, entry: string): StartCommand | undefined {
  const starting = (command: StartCommand | undefined, at: string): StartCommand | undefined =>
    startsOf(command).find((each) => scriptOf(folder, each, at === '' ? manifest : undefined, at) === entry);
  const own = starting(startCommandOf(manifest.scripts, aroundScripts(folder, '')), '');
  const has = (name: string, { dependencies, devDependencies }: Manifest = manifest): boolean =>
    name in dependencies || name in devDependencies;
  if (own) return withPnp(folder, runOf(own, entry, has('tsx')));
  for (const each of packagesBelow(folder)) {
    const theirs = entry.startsWith(`${each.folder}/`)
      ? starting(startCommandOf(each.manifest.scripts, aroundScripts(folder, each.folder)), each.folder)
      : undefined;
    if (theirs)
      return {
        ...withPnp(folder, runOf(theirs, entry, has('tsx') || has('tsx', each.manifest))),
        folder: path.posix.join(each.folder, theirs.folder),
      };
  }
  return undefined;
}

/** The option of node by which yarn's Plug'n'Play hands packages to require(), which has no node_modules; none elsewhere. */
export const pnpOptions = (folder: AppFolder): readonly string[] =>
  folder.isFile('.pnp.cjs') ? ['--require ./.pnp.cjs'] : [];

function withPnp(folder: AppFolder, start: StartCommand): StartCommand {
  const options = [...pnpOptions(folder), ...(start.nodeOptions ?? [])];
  const requires = start.requires.filter((each) => !/(^|\/)\.pnp\.c?js$/.test(each));
  return options.length === 0 ? start : { ...start, requires, nodeOptions: options };
}

/** A command, and what runs beside it: that has the others beside it. */
function startsOf(command: StartCommand | undefined): readonly StartCommand[] {
  if (command === undefined) return [];
  const { beside = [], chosenBy: _chosenBy, ...alone } = command;
  const others = (at: number) => beside.toSpliced(at, 1, { name: command.script, start: alone });
  return [command, ...beside.map(({ start }, at) => ({ ...start, beside: others(at) }))];
}

/** What the scripts of a package may refer to. */
const aroundScripts = (folder: AppFolder, at: string): AroundScripts => ({
  findProgram: (command, place) => installedProgram(folder, path.posix.join(at, place), command),
  ...(at === '' && { findPackage: (place) => findPackage(folder, place) }),
  readEcosystem: (file, environment) => {
    const name = path.posix.join(at, file);
    const text = folder.read(name);
    return text === undefined ? [] : readEcosystem({ file: path.join(folder.root, name), text }, environment);
  },
  readText: (file) => folder.read(path.posix.join(at, file)),
  isThere: (script) => {
    const name = runnable(folder, path.posix.join(at, normalName(script)));
    return resolveScript(folder, name) !== undefined || isBuilt(folder, name);
  },
  listens: (script) => {
    const name = resolveScript(folder, runnable(folder, path.posix.join(at, normalName(script))));
    return name !== undefined && (listens(folder, name) || loadsListen(folder, name));
  },
});

/** The file of an installed package that is this command, by `bin` of its package.json; relative to the package at `at`. */
function installedProgram(folder: AppFolder, at: string, command: string): string | undefined {
  const { dependencies, devDependencies } = readManifest(folder, path.posix.join(at, 'package.json'));
  for (const name of [command, ...Object.keys({ ...dependencies, ...devDependencies })]) {
    const bin = parseJson(folder.readInstalled(`${name}/package.json`))?.bin;
    const files = typeof bin === 'string' ? { [name.replace(/^.*\//, '')]: bin } : strings(bin);
    const file = files[command];
    if (file !== undefined) return path.posix.relative(at, path.posix.join('node_modules', name, file));
  }
  return undefined;
}

/** Only a script that is not compiled needs what runs TypeScript. */
function runOf({ typeScript, runtime, ...start }: StartCommand, entry: string, hasTsx: boolean): StartCommand {
  if (!isTypeScript(entry)) return start;
  if (typeScript === undefined) {
    const isRun = runtime === undefined || [...start.requires, ...start.imports].some((name) => runners.test(name));
    if (isRun) return start;
    // tsx runs what node runs itself, with any version of node.
    return { ...start, runtime, ...(hasTsx && { imports: ['tsx', ...start.imports] }) };
  }
  const { requires, imports } = typeScript;
  return { ...start, requires: [...requires, ...start.requires], imports: [...imports, ...start.imports] };
}

/** What lets node run TypeScript, when it is loaded first. */
const runners = /^(tsx|ts-node|@swc-node|esbuild-register|@swc\/register|sucrase|@babel\/register|jiti)(\/|$)/;

/** What lets node run an entry point in TypeScript: 'tsx' of the start script, 'node' itself; undefined where nothing does. */
export function typeScriptRunner(folder: AppFolder, manifest: Manifest, entry: string): string | undefined {
  const { requires = [], imports = [], runtime } = startOf(folder, manifest, entry) ?? {};
  const runner = [...imports, ...requires].find((name) => runners.test(name));
  return runner ?? (runtime === 'node' && !/x$/i.test(entry) ? runtime : undefined); // node runs no JSX
}

function scriptOf(
  folder: AppFolder,
  { script }: StartCommand,
  manifest: Manifest | undefined,
  at: string,
): string | undefined {
  const own = manifest ?? readManifest(folder, path.posix.join(at, 'package.json'));
  const name = path.posix.join(at, normalName(script).replace(/\/$/, '') || (own.main ?? 'index.js'));
  return resolveScript(folder, runnable(folder, name));
}

/** A file found like `require`, in the spelling of the disk: 'lib' may be lib, lib.js, its package.json's main or its index.js. */
export function resolveScript(folder: AppFolder, name: string): string | undefined {
  const plain = normalName(name).replace(/\/$/, '');
  if (plain === '') return undefined;
  const main = folder.isDirectory(plain) ? readManifest(folder, `${plain}/package.json`).main : undefined;
  const names = [plain, `${plain}.js`, `${plain}.cjs`, `${plain}.mjs`];
  const below = main === undefined ? ['index.js'] : [main, `${main}.js`, 'index.js'];
  for (const each of [...names, ...below.map((file) => path.posix.join(plain, normalName(file)))]) {
    const found = folder.spelling(each);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Does a module that a script loads make a server listen? That is a whole reading of the app: only for programs that one command starts
 * together. A server that only this machine reaches has numbers or answers of its own, not the app's.
 */
const loadsListen = (folder: AppFolder, name: string): boolean =>
  readServerSources(folder, [{ name }]).scripts.some((script) => script.listens.some(({ isLocal }) => !isLocal));

function listens(folder: AppFolder, name: string): boolean {
  const text = folder.read(name);
  return text !== undefined && makesListen({ file: path.join(folder.root, name), text });
}

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)];
