import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Writable } from 'node:stream';
import { type CliOptions, type CliResult, environmentOf, type Running, root } from './cli.js';

/** What a run has in place of the process's own. */
interface Run {
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly argv: readonly string[];
}

const runs = new AsyncLocalStorage<Run>();
type Main = (argv: readonly string[], interruption?: { came: boolean; act: () => void }) => Promise<void>;
let main: Main = load;
let before: Promise<unknown> = Promise.resolve();

/** The exit code is the process's: only one run at a time ends. */
function inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
  const result = before.then(act);
  before = result.catch(() => undefined);
  return result;
}

/**
 * Runs the built program to its end in this process: the same files as `cli` starts, without the 0.2 s of a processor that a start
 * takes. Runs wait for each other. For what only a process has (signals, an output that is closed, a terminal, a file that blocks)
 * there is `cli`.
 */
export function cliHere(args: readonly string[], options: Omit<CliOptions, 'timeout'> = {}): Promise<CliResult> {
  return inTurn(async () => {
    const { own, stdout, stderr } = runWith(args, options);
    const code = await exitCodeOf(() => runs.run(own, () => main(own.argv)));
    return { code, stdout: stdout(), stderr: stderr() };
  });
}

/** `serve` in this process, as `startServe` starts it in one of its own; its URL is match[1]. */
export async function serveHere(args: readonly string[], options: CliOptions = {}): Promise<Omit<Running, 'child'>> {
  let matched: (match: RegExpExecArray) => void = () => undefined;
  const listens = new Promise<RegExpExecArray>((resolve) => {
    matched = resolve;
  });
  const { own, output } = runWith(['serve', ...args], options, () => {
    const match = /^Listening on (http:\S+)$/m.exec(output()); // with --log json it is on stderr
    if (match) matched(match);
  });
  const interruption = { came: false, act: () => {} };
  const ended = runs.run(own, () => main(own.argv, interruption));
  const match = await Promise.race([
    listens,
    ended.then(() => Promise.reject(new Error(`serve ended before it listened:\n${output()}`))),
  ]);
  let code: Promise<number> | undefined;
  const stop = (): Promise<number> =>
    inTurn(() =>
      exitCodeOf(() => {
        interruption.came = true;
        interruption.act();
        return ended;
      }),
    );
  return {
    match,
    output,
    stop: () => {
      code ??= stop();
      return code;
    },
  };
}

async function exitCodeOf(act: () => Promise<void>): Promise<number> {
  const { exitCode } = process;
  process.exitCode = undefined;
  try {
    await act();
    return Number(process.exitCode ?? 0);
  } finally {
    process.exitCode = exitCode;
  }
}

function runWith(args: readonly string[], { cwd = root, environment }: CliOptions, onOutput = (): void => {}) {
  const gathered = { stdout: '', stderr: '', all: '' };
  const into = (name: 'stdout' | 'stderr'): Writable =>
    new Writable({
      decodeStrings: false,
      write(text: string, _encoding, done) {
        gathered[name] += text;
        gathered.all += text;
        done();
        onOutput();
      },
    });
  const env = environmentOf(environment);
  for (const [name, value] of Object.entries(env)) if (value === undefined) delete env[name];
  const own: Run = {
    stdout: into('stdout'),
    stderr: into('stderr'),
    env,
    cwd,
    argv: [process.execPath, 'iisnode-sock', ...args],
  };
  return { own, stdout: () => gathered.stdout, stderr: () => gathered.stderr, output: () => gathered.all };
}

/** Loads the program at the first run; from then on the process shows each run its own streams, environment, words and folder. */
function load(...first: Parameters<Main>): Promise<void> {
  ({ main } = createRequire(import.meta.url)(path.join(root, 'dist', 'cli.cjs')) as { main: Main });
  const { stdout, stderr, env, argv, cwd } = process;
  const own = { stdout, stderr, env, argv };
  for (const name of ['stdout', 'stderr', 'env', 'argv'] as const) {
    Object.defineProperty(process, name, { configurable: true, get: () => runs.getStore()?.[name] ?? own[name] });
  }
  process.cwd = () => runs.getStore()?.cwd ?? cwd.call(process);
  return main(...first);
}
