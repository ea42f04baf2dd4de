import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { UserError } from '../errors.js';
import { npmScript } from './npm-program.js';
import type { InitTalk } from './types.js';

const npmArguments = [
  'install',
  '--prefer-offline',
  '--no-audit',
  '--no-fund',
  '--omit=dev',
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
}

/**
 * Runs `npm install`, from npm's cache where it can.
 * Throws UserError NPM_NOT_FOUND, NPM_FAILED (with npm's last lines) or INTERRUPTED, after taking away what npm had
 * begun to install.
 * @returns how long it took, in ms.
 */
export async function npmInstall(options: InstallOptions, talk: Pick<InitTalk, 'event'>): Promise<number> {
  const { directory, environment, signal } = options;
  const script = npmScript(environment);
  const undo = remember(directory);
  const started = performance.now();
  talk.event({ kind: 'installing', directory, command: 'npm install' });
  const npm = execa(process.execPath, [script, ...npmArguments], {
    cwd: directory,
    env: environment,
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    all: true,
    ...(signal ? { cancelSignal: signal } : {}),
  });
  const last: string[] = [];
  let count = 0;
  for await (const line of npm.iterable({ from: 'all' })) {
    const fetched = /^npm http (?:fetch GET 2\d\d|cache) (\S+)/.exec(line)?.[1];
    if (fetched === undefined) remark(last, line);
    else talk.event({ kind: 'fetched', count: ++count, url: fetched });
  }
  const result = await npm;
  if (result.failed) {
    undo();
    throw result.isCanceled ? interrupted() : failed(last, result.exitCode, result.cause);
  }
  const ms = Math.round(performance.now() - started);
  talk.event({ kind: 'installed', ms });
  return ms;
}

/** npm's last words, without the fetches and the notices of where its log is. */
function remark(last: string[], line: string): void {
  const text = line.replace(/^npm (?:error|ERR!) ?/, '').trim();
  if (text === '' || text.startsWith('npm ') || text.startsWith('A complete log of this run')) return;
  last.push(text);
  if (last.length > 5) last.shift();
}

/** What npm makes and was not there before. */
function remember(directory: string): () => void {
  const made = ['node_modules', 'package-lock.json']
    .map((name) => path.join(directory, name))
    .filter((each) => !existsSync(each));
  return () => {
    for (const each of made) rmSync(each, { recursive: true, force: true, maxRetries: 5 });
  };
}

function failed(last: readonly string[], exitCode: number | undefined, cause: unknown): UserError {
  return new UserError('NPM_FAILED', {
    what: 'npm install failed; what init had written is taken back',
    why: last.length > 0 ? last.join(' | ') : `npm ended with exit code ${exitCode ?? 'unknown'} and said nothing.`,
    next: 'mend that and run init again, or run it with --no-install and install later',
    exit: 'refused',
    cause,
  });
}

function interrupted(): UserError {
  return new UserError('INTERRUPTED', {
    what: 'interrupted while npm was installing',
    why: 'What init had written is taken back.',
    next: 'run init again when you are ready',
    exit: 'interrupted',
  });
}
