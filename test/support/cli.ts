import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const root = path.join(import.meta.dirname, '..', '..');
export const launcher = path.join(root, 'bin', 'iisnode-sock.js');

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Kills the program after so many milliseconds: the exit code is then null. */
  readonly timeout?: number;
}

/** The environment of a user, without the variables that change the output of the program. */
export function environmentOf(extra: CliOptions['environment']): NodeJS.ProcessEnv {
  const { NO_COLOR: _n, FORCE_COLOR: _f, CI: _c, ...rest } = process.env;
  return { ...rest, ...extra };
}

/** Runs the built program to its end. */
export function cli(args: readonly string[], options?: CliOptions): Promise<CliResult> {
  return runToEnd(process.execPath, [launcher, ...args], options);
}

/** Runs any program to its end. */
export async function runToEnd(
  program: string,
  args: readonly string[],
  { cwd = root, environment, timeout = 0 }: CliOptions = {},
): Promise<CliResult> {
  const child = spawn(program, args, {
    cwd,
    env: environmentOf(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
    killSignal: 'SIGKILL',
  });
  const gathered = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      gathered[name] += text;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...gathered };
}

export interface Running {
  readonly child: ChildProcess;
  /** The first match of the pattern on stdout. */
  readonly match: RegExpExecArray;
  /** Everything on stdout and stderr so far. */
  output(): string;
  /** Sends the signal (SIGTERM) and resolves with the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts a program and waits for the pattern on its stdout; rejects when it ends before. */
export async function start(
  program: string,
  args: readonly string[],
  pattern: RegExp,
  { cwd = root, environment }: CliOptions = {},
): Promise<Running> {
  const child = spawn(program, args, { cwd, env: environmentOf(environment), stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  let stdout = '';
  let all = '';
  const match = await new Promise<RegExpExecArray>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      all += text;
      const found = pattern.exec(stdout);
      if (found) resolve(found);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      all += text;
    });
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`ended with ${code} before ${pattern} came:\n${all}`)));
  });
  return {
    child,
    match,
    output: () => all,
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      const [code] = (await ended) as [number | null];
      return code;
    },
  };
}

/** Starts the built program's `serve` and returns its URL as match[1]. */
export function startServe(args: readonly string[], options?: CliOptions): Promise<Running> {
  return start(process.execPath, [launcher, 'serve', ...args], /^Listening on (https?:\S+)$/m, options);
}

/** A new folder, and a function that removes it. */
export async function temporaryFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'iisnode-sock-test-')));
  return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}
