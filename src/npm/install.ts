import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { interrupted, UserError } from '../errors.js';
import { fileLimits, readFileSync, readIfThereSync } from '../files/index.js';
import type { NpmEvent } from './events.js';
import { wasInterrupted } from './interrupted.js';
import { killTree } from './kill-tree.js';
import { lockFits } from './lock-fits.js';
import { npmScript } from './program.js';

const npmArguments = [
  '--prefer-offline',
  '--no-audit',
  '--no-fund',
  '--include=dev', // its compiler and its tests, whatever NODE_ENV says
  '--ignore-scripts',
  '--no-update-notifier',
  '--no-progress',
  '--loglevel=http',
];

export interface InstallOptions {
  /** The app's folder, with a package.json. */
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal | undefined;
  /** What to throw when npm failed (`cause`) and what it had made cannot be removed (`failure`). */
  readonly incomplete: (cause: UserError, failure: unknown) => UserError;
}

/** Who hears that it is at work. */
export interface InstallTalk {
  event(event: Exclude<NpmEvent, { readonly kind: 'building' | 'built' }>): void;
}

export interface Installed {
  /** How long it took. */
  readonly ms: number;
  /** Takes away what npm made and was not there before. */
  readonly undo: () => void;
}

/**
 * Runs `npm install`, from npm's cache where it can.
 * Throws UserError NPM_NOT_FOUND, NPM_FAILED (with npm's last lines) or INTERRUPTED, after taking away what npm had
 * begun to install; what `incomplete` makes when that fails.
 */
export async function npmInstall(options: InstallOptions, talk: InstallTalk): Promise<Installed> {
  const { directory, environment, signal } = options;
  const script = npmScript(environment);
  const undo = remember(directory);
  // `ci` installs what the lock file says and resolves nothing; npm refuses it where package.json asks for something else.
  const verb = isLocked(directory) ? 'ci' : 'install';
  const started = performance.now();
  talk.event({ kind: 'installing', directory, command: 'npm install' });
  const npm = execa(process.execPath, [script, verb, ...npmArguments], {
    cwd: directory,
    env: environment,
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    all: true,
    detached: process.platform !== 'win32',
  });
  // An npm that does not end at once would keep a person waiting; its cache survives that, as it writes beside and renames.
  const stop = (): void => void (npm.pid !== undefined && killTree(npm.pid));
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  const said: string[] = [];
  let count = 0;
  for await (const line of npm.iterable({ from: 'all' })) {
    const fetched = /^npm http (?:fetch GET 2\d\d|cache) (\S+)/.exec(line)?.[1];
    if (fetched === undefined) remark(said, line);
    else talk.event({ kind: 'fetched', count: ++count, url: fetched });
  }
  const result = await npm.finally(() => signal?.removeEventListener('abort', stop));
  if (result.failed) {
    const error = wasInterrupted(result, signal)
      ? interrupted({ what: 'interrupted while npm was installing', why: 'The files written by init were removed.' })
      : failed(said, result.exitCode, result.cause);
    try {
      undo();
    } catch (failure) {
      throw options.incomplete(error, failure);
    }
    throw error;
  }
  const ms = Math.round(performance.now() - started);
  talk.event({ kind: 'installed', ms });
  return { ms, undo };
}

function isLocked(directory: string): boolean {
  const [lock, manifest] = ['package-lock.json', 'package.json'].map((name) => path.join(directory, name));
  if (lock === undefined || manifest === undefined || !existsSync(lock) || !existsSync(manifest)) return false;
  try {
    const [locked, wanted] = [readFileSync(lock, fileLimits.lockFile), readFileSync(manifest, fileLimits.config)];
    return lockFits(locked.toString(), wanted.toString());
  } catch {
    return false; // npm says what is wrong with them
  }
}

/** Most lines to remember of an npm that never stops talking. */
const mostRemarks = 200;

function remark(said: string[], line: string): void {
  const text = /^npm (?:error|ERR!) ?(.*)$/.exec(line)?.[1];
  if (text !== undefined && said.length < mostRemarks) said.push(text);
}

/** Not for people: the stack, the error object, where the log is, and what the next line says better. */
const noise = /^\s|^[}\])]|^(code|syscall|errno|path|dest|A complete log)\b|^\S+\s*$|^$/;

/** What npm calls the reason: `notarget No matching version found for socket.io@94.8.1.` without its label. */
function reasonOf(said: readonly string[]): string | undefined {
  const [reason] = said
    .filter((line) => !noise.test(line))
    .map((line) =>
      line.replace(/^(?:network|notarget|enoent|enospc|\d{3})\s+|^\w*Error:\s*/, '').replace(/\s*\{$/, ''),
    );
  const code = said.map((line) => /^code (\S+)/.exec(line)?.[1]).find((found) => found !== undefined);
  return reason === undefined || (code !== undefined && reason.includes(code))
    ? reason
    : `${reason}${code ? ` (${code})` : ''}`;
}

/** Takes away what npm makes and was not there before; the lock file is as it was. */
function remember(directory: string): () => void {
  const [modules, lock] = [path.join(directory, 'node_modules'), path.join(directory, 'package-lock.json')];
  const hadModules = existsSync(modules);
  const locked = readIfThereSync(lock, fileLimits.lockFile);
  return () => {
    if (!hadModules) rmSync(modules, { recursive: true, force: true, maxRetries: 5 });
    if (locked === undefined) rmSync(lock, { force: true });
    else writeFileSync(lock, locked);
  };
}

function failed(said: readonly string[], exitCode: number | undefined, cause: unknown): UserError {
  const reason = reasonOf(said);
  return new UserError('NPM_FAILED', {
    what: 'npm install failed; the files written by init were removed',
    why:
      reason === undefined
        ? `npm ended with exit code ${exitCode ?? 'unknown'} and gave no reason.`
        : `npm says: ${/[.!?)]$/.test(reason) ? reason : `${reason}.`}`,
    next: 'fix that and run init again, or run it with --no-install and install later',
    exit: 'refused',
    cause,
  });
}
