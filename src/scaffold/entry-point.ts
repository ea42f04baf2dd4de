import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors.js';
import { FileError, fileLimits, readFileSync, refuseSpecial } from '../files/index.js';
import { isBuildProduct, makesListen, startedScript } from '../source/index.js';
import { type AppPackage, scriptNames } from './package-json.js';
import type { InitTalk } from './types.js';

/** Names an app's entry point often has, most telling first. */
const wellKnown = ['server', 'app', 'index', 'main']
  .flatMap((name) =>
    ['', 'src/'].flatMap((folder) => ['js', 'cjs', 'mjs'].map((suffix) => `${folder}${name}.${suffix}`)),
  )
  .concat(
    'bin/www',
    'bin/www.js',
    'server/index.js',
    'server/server.js',
    'dist/server.js',
    'dist/index.js',
    'dist/main.js',
  )
  .sort((a, b) => Number(a.startsWith('src/')) - Number(b.startsWith('src/')));

/**
 * The entry point of the app in `directory`, relative, with forward slashes: the one given, else the one that web.config
 * gives to iisnode, else package.json's `main` and `scripts.start`, else a well-known name; among several the only one that listens. Asks in doubt.
 * Throws UserError ENTRY_NOT_FOUND, ENTRY_OUTSIDE, ENTRY_NOT_JAVASCRIPT (usage), ENTRY_UNCLEAR (exit 4); FileError where something
 * else than a file has the name.
 */
export async function findEntry(
  directory: string,
  given: string | undefined,
  manifest: AppPackage,
  talk: InitTalk,
  handled: readonly string[] = [],
): Promise<string> {
  if (given !== undefined) return checkEntry(directory, given, manifest);
  const started = manifest.start === undefined ? undefined : startedScript(manifest.start);
  for (const name of [...handled, manifest.main, started]) {
    if (name !== undefined) refuseSpecial(path.join(directory, name));
  }
  const [mapped, ...more] = handled.filter((name) => isFile(directory, name));
  if (mapped !== undefined && more.length === 0) return checkEntry(directory, mapped, manifest);
  // What web.config gives to iisnode and the compiler makes of a source that is there will be there.
  const [coming] = handled.filter((name) => mapped === undefined && isBuilt(directory, name, manifest));
  if (coming !== undefined) return coming;
  const declared = unique([resolveScript(directory, manifest.main), startedFile(directory, manifest)]);
  const missing = missingScripts(directory, manifest);
  // A source that happens to have a well-known name is not what the build makes of it.
  const built = missing.find((name) => isBuilt(directory, name, manifest));
  if (declared.length === 0 && built !== undefined) throw notFound(built, manifest);
  const found = declared.length > 0 ? declared : wellKnown.filter((name) => isFile(directory, name));
  const likely = found.length > 1 ? found.filter((file) => listens(directory, file)) : found;
  const [only, ...others] = likely.length > 0 ? likely : found;
  if (only !== undefined && others.length === 0) return checkEntry(directory, only, manifest);
  return checkEntry(directory, await askEntry(directory, found, missing, talk), manifest);
}

const isBuilt = (directory: string, name: string, manifest: AppPackage): boolean =>
  isBuildProduct(name, scriptNames(manifest), (file) => isFile(directory, file));

async function askEntry(
  directory: string,
  found: readonly string[],
  missing: readonly string[],
  talk: InitTalk,
): Promise<string> {
  const [first = 'server.js'] = found;
  if (talk.interactive) {
    return talk.ask({
      flag: '--entry',
      message: "Which file is the app's entry point?",
      initial: first,
      ...(found.length > 0
        ? { choices: found.map((value) => ({ value, label: value })) }
        : { validate: (typed) => (isFile(directory, typed) ? undefined : 'No such file in this folder.') }),
    });
  }
  throw new UserError('ENTRY_UNCLEAR', {
    what: 'which file is the entry point of this app?',
    why:
      found.length > 0
        ? `It may be ${found.join(' or ')}.`
        : `${namesNone(missing)}, and no file has a well-known name.`,
    next: `--entry ${first}`,
    exit: 'question',
  });
}

/** Why package.json is of no help. */
function namesNone([missing]: readonly string[]): string {
  if (missing === undefined) return 'package.json names none';
  const isMade = /^(dist|build|out|lib)\//.test(missing);
  return `package.json names ${missing}, which is not there${isMade ? ' (build first, if a build makes it)' : ''}`;
}

/** What package.json names and the folder does not have, `main` first. */
function missingScripts(directory: string, { main, start }: AppPackage): string[] {
  const started = start === undefined ? undefined : startedScript(start);
  return unique([main, started === '.' ? undefined : started])
    .filter((name) => resolveScript(directory, name) === undefined)
    .map(normalName);
}

/** @returns the entry as web.config has it: relative, forward slashes, no leading './'. */
function checkEntry(directory: string, entry: string, manifest: AppPackage): string {
  const absolute = path.resolve(directory, path.sep === '/' ? entry.replaceAll('\\', '/') : entry);
  const relative = path.relative(directory, absolute);
  if (relative.startsWith('..') || path.isAbsolute(relative) || relative === '') {
    throw new UserError('ENTRY_OUTSIDE', {
      what: `the entry point ${entry} is outside ${directory}`,
      why: 'iisnode maps a URL of the application to the entry point: it must be in the folder of web.config or below.',
      next: "run init in the app's own folder, or move the file",
    });
  }
  const name = relative.split(path.sep).join('/');
  refuseSpecial(absolute);
  if (!isFile(directory, name)) throw notFound(name, manifest);
  if (/\.(ts|mts|cts|tsx|jsx|json|html?|css)$/i.test(name)) {
    throw new UserError('ENTRY_NOT_JAVASCRIPT', {
      what: `${name} cannot be the entry point`,
      why: 'iisnode gives the file to node, which runs JavaScript.',
      next: 'build it, and give --entry the JavaScript file',
    });
  }
  return name;
}

function notFound(entry: string, { build }: AppPackage): UserError {
  return new UserError('ENTRY_NOT_FOUND', {
    what: `the entry point ${entry} is not there`,
    why:
      build === undefined ? 'No such file in this folder.' : 'It seems to be made by the build script of package.json.',
    next: build === undefined ? '--entry FILE with a file that exists' : 'npm run build, then init again',
  });
}

const normalName = (name: string): string => path.posix.normalize(name.replaceAll('\\', '/')).replace(/\/$/, '');

/** A file as `require` finds it: 'lib' may be lib, lib.js or lib/index.js. */
export function resolveScript(directory: string, name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const plain = normalName(name);
  return [plain, `${plain}.js`, `${plain}.cjs`, path.posix.join(plain, 'index.js')].find((each) =>
    isFile(directory, each),
  );
}

function startedFile(directory: string, { start }: AppPackage): string | undefined {
  return resolveScript(
    directory,
    start === undefined ? undefined : startedScript(start) === '.' ? 'index.js' : startedScript(start),
  );
}

function unique(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** Is there such a file below the folder? Forward slashes. */
export function isFile(directory: string, name: string): boolean {
  const file = path.join(directory, name);
  return existsSync(file) && statSync(file).isFile();
}

function listens(directory: string, name: string): boolean {
  try {
    const file = path.join(directory, name);
    return makesListen({ file, text: readFileSync(file, fileLimits.config).toString() });
  } catch (error) {
    if (error instanceof FileError && error.problem === 'too-large') return false;
    throw error;
  }
}
