import path from 'node:path';
import { someOf } from '../amounts.js';
import {
  type App,
  type EntryGuesses,
  guessEntries,
  isBuilt,
  type Manifest,
  managerCommand,
  normalName,
  packageManagerOf,
  programOf,
  startOf,
  typeScriptRunner,
} from '../app/index.js';
import { UserError, type UserErrorOptions } from '../errors.js';
import { refuseSpecial } from '../files/index.js';
import { type AppFolder, compiledTo, isTypeScript, loaderName } from '../source/index.js';
import type { InitTalk } from './types.js';

/**
 * The entry point of an app, relative, with forward slashes: the one given, else the one that web.config
 * maps to iisnode, else what package.json starts or names, else a file with a usual name; among several the only one that listens.
 * Asks if it is unclear.
 * Throws UserError ENTRY_NOT_FOUND, ENTRY_OUTSIDE, ENTRY_NOT_JAVASCRIPT (usage), ENTRY_UNCLEAR (exit 4); FileError where something
 * else than a file has the name.
 */
export async function findEntry(app: App, given: string | undefined, talk: InitTalk): Promise<string> {
  if (given !== undefined) return checkEntry(app, given);
  const { folder, manifest } = app;
  // If web.config starts the loader: the file that the loader loads; a missing loader loads nothing.
  const handled = app.handled.filter((each) => each.exists || !isLoaderName(each.name)).map(programOf);
  for (const { file } of handled) refuseSpecial(file);
  const [mapped, ...more] = handled.filter(({ exists }) => exists);
  const loaded = app.handled.find(({ program }) => program?.exists)?.program;
  if (loaded) return checkEntry(app, loaded.name);
  if (mapped !== undefined && more.length === 0) return checkEntry(app, mapped.name);
  // A file in web.config that the compiler creates from an existing source will exist.
  const coming = mapped === undefined && handled.find(({ name }) => isBuilt(folder, name));
  if (coming) return coming.name;
  const guesses = guessEntries(folder, manifest);
  for (const name of [...guesses.missing, ...guesses.found.map((each) => each.name)]) {
    refuseSpecial(path.join(app.directory, name));
  }
  if (guesses.found.length === 0 && guesses.coming !== undefined) return comingEntry(guesses.coming, app);
  const framework = guesses.missing.find((name) => name.includes('node_modules/'));
  if (framework !== undefined) throw notFound(framework, app);
  const [only, ...others] = guesses.likely;
  if (only !== undefined && others.length === 0) return checkEntry(app, only.name);
  return checkEntry(app, await askEntry(app, guesses, talk));
}

const isLoaderName = (name: string): boolean => name.toLowerCase() === loaderName;

/** How many candidates an error names: a folder may have the servers of a hundred apps below it. */
const mostNamed = 5;

async function askEntry({ folder, manifest }: App, guesses: EntryGuesses, talk: InitTalk): Promise<string> {
  const found = guesses.found.map(({ name }) => name);
  const [first] = found;
  if (talk.interactive) {
    return talk.ask({
      flag: '--entry',
      message: "Which file is the app's entry point?",
      initial: first ?? '',
      ...(first !== undefined
        ? { choices: found.map((value) => ({ value, label: value })) }
        : { validate: (typed) => (folder.isFile(typed) ? undefined : 'No such file in this folder.') }),
    });
  }
  throw new UserError('ENTRY_UNCLEAR', {
    what: 'which file is the entry point of this app?',
    why:
      first !== undefined
        ? `It may be ${someOf(found, mostNamed, ' or ')}.`
        : `${whyNoEntryIsNamed(guesses.missing, manifest, folder)}, and no file has a well-known name.`,
    next: first !== undefined ? `--entry ${first}` : '--entry FILE, with the file that starts the server',
    exit: 'question',
  });
}

/** Why package.json does not name the entry point. */
function whyNoEntryIsNamed([missing]: readonly string[], { main, scripts }: Manifest, folder: AppFolder): string {
  if (missing === undefined) {
    if (main !== undefined && normalName(main).startsWith('..')) {
      return `package.json names ${main}, which is outside this folder`;
    }
    const { start } = scripts;
    // Commands such as `next start` are servers themselves; iisnode starts a file.
    return start === undefined ? 'package.json names none' : `package.json names none (its start script is "${start}")`;
  }
  if (folder.isDirectory(missing)) return `package.json names ${missing}, a folder without index.js`;
  const isMade = /^(dist|build|out|lib)\//.test(missing);
  return `package.json names ${missing}, which does not exist${isMade ? ' (build first, if a build creates it)' : ''}`;
}

/** @returns the entry in the form of web.config: relative, forward slashes, no leading './', in the spelling of the disk. */
function checkEntry(app: App, entry: string): string {
  const { directory, folder } = app;
  const absolute = path.resolve(directory, path.sep === '/' ? entry.replaceAll('\\', '/') : entry);
  const relative = path.relative(directory, absolute);
  if (relative.startsWith('..') || path.isAbsolute(relative) || relative === '') {
    throw new UserError('ENTRY_OUTSIDE', {
      what: `the entry point ${entry} is outside ${directory}`,
      why: 'iisnode maps a URL of the application to the entry point: it must be in the folder of web.config or below.',
      next: "run init in the app's own folder, or move the file",
    });
  }
  const name = normalName(relative);
  refuseSpecial(absolute);
  const spelled = folder.spelling(name);
  if (spelled === undefined && isBuilt(folder, name)) return comingEntry(name, app);
  if (spelled === undefined) throw notFound(name, app);
  const runsAnyway = isTypeScript(spelled) && typeScriptRunner(folder, app.manifest, spelled) !== undefined;
  if (!runsAnyway && /\.(ts|mts|cts|tsx|jsx|json|html?|css)$/i.test(spelled)) throw notJavaScript(spelled, app);
  return spelled;
}

/** Where only the loader can start it, and the user does not want the loader, too. */
export function notJavaScript(entry: string, { folder, manifest, directory }: App): UserError {
  const what = `${entry} cannot be the entry point`;
  const why = 'iisnode passes the file to node, which runs JavaScript.';
  if (!isTypeScript(entry)) {
    return new UserError('ENTRY_NOT_JAVASCRIPT', { what, why, next: '--entry FILE, with a JavaScript file' });
  }
  const build = Object.keys(manifest.scripts).find((name) => /^build\b/.test(name));
  const compiled = compiledTo(folder, entry);
  const isRun = typeScriptRunner(folder, manifest, entry) !== undefined;
  const runtime = startOf(folder, manifest, entry)?.runtime;
  const runner = ['tsx', 'ts-node'].find((name) => name in { ...manifest.dependencies, ...manifest.devDependencies });
  const next = isRun
    ? 'omit --loader never: the loader runs it as the start script does'
    : compiled !== undefined && build !== undefined
      ? `npm run ${build}, then --entry ${compiled}`
      : runner !== undefined
        ? `let the start script run it, "start": "${runner} ${entry}", and omit --entry: the loader runs it in the same way`
        : runtime !== undefined && runtime !== 'node'
          ? `${managerCommand(packageManagerOf(directory).name, 'add tsx')}: node runs it with that under IIS, in place of ${runtime}${runtime === 'bun' ? ', and without what only Bun has (Bun.serve, bun:sqlite)' : ''}`
          : 'build it, and give --entry the JavaScript file; or install tsx, and let the start script run it with tsx';
  return new UserError('ENTRY_NOT_JAVASCRIPT', { what, why, next });
}

/** What a build will create is as good as there, unless the build has run and put it elsewhere. */
function comingEntry(name: string, app: App): string {
  if (builtBeside(name, app).length > 0) throw notFound(name, app);
  return name;
}

/** What a build has created in the folder where the entry point would be. */
function builtBeside(entry: string, { folder }: App): readonly string[] {
  const [, output] = /^((?:.*\/)?(?:dist|build|lib|out|output))\//.exec(entry) ?? [];
  return output === undefined ? [] : folder.files.filter((file) => file.startsWith(`${output}/`));
}

function notFound(entry: string, app: App): UserError {
  const hint = entry.includes('node_modules/') ? notInstalled(entry, app) : notBuilt(entry, app);
  return new UserError('ENTRY_NOT_FOUND', { what: `the entry point ${entry} does not exist`, ...hint });
}

type Hint = Pick<UserErrorOptions, 'why' | 'next' | 'again'>;

const notInstalled = (entry: string, { directory }: App): Hint => ({
  why: `The start script of package.json is a command of ${/node_modules\/([^/]+)/.exec(entry)?.[1]}, which is not installed.`,
  next: `${managerCommand(packageManagerOf(directory).name, 'install')}, then init again`,
});

/** A build that has run before and did not create it will not create it now. */
function notBuilt(entry: string, app: App): Hint {
  const { folder, manifest } = app;
  const build = Object.keys(manifest.scripts).find((name) => /^build\b/.test(name));
  const isMade = build !== undefined || guessEntries(folder, manifest).coming === entry;
  if (!isMade) return { why: 'No such file in this folder.', next: '--entry FILE with a file that exists' };
  const [, output] = /^((?:.*\/)?(?:dist|build|lib|out|output))\//.exec(entry) ?? [];
  const made = builtBeside(entry, app);
  const instead = made.find((file) => path.posix.basename(file) === path.posix.basename(entry));
  if (instead !== undefined)
    return {
      why: `The build created ${instead} instead.`,
      next: `--entry ${instead}`,
      again: { with: ['--entry', instead] },
    };
  if (made.length > 0) {
    return {
      why: `The build has created ${output} without this file.`,
      next: 'change the output folder of the build (outDir in tsconfig.json), or --entry FILE with a file that exists',
    };
  }
  return {
    why: 'It is probably created by the build script of package.json.',
    next: `${build === undefined ? 'run its build' : `npm run ${build}`}, then init again`,
  };
}
