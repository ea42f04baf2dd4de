import { exitCodes } from '../exit-codes.js';
import { createTerminal, isClosedOutput, reportFailure, type Terminal } from '../terminal/index.js';
import type { Command, CommandContext, CommonOptions } from './context.js';
import { type UsageFault, usageError } from './usage-error.js';

/** Every command of the program, by the name a person types; its code is loaded when it runs. */
export const commands = {
  init: async () => (await import('./init.js')).init,
  deploy: async () => (await import('./deploy.js')).deploy,
  doctor: async () => (await import('./doctor.js')).doctor,
  serve: async () => (await import('./serve.js')).serve,
  trace: async () => (await import('./trace.js')).trace,
  capacity: async () => (await import('./capacity.js')).capacity,
  undeploy: async () => (await import('./undeploy.js')).undeploy,
  status: async () => (await import('./status.js')).status,
  logs: async () => (await import('./logs.js')).logs,
  appcmd: async () => (await import('./appcmd.js')).appcmd,
} satisfies Record<string, () => Promise<Command<never>>>;

/** Runs one command and gives the process's exit code; never throws. */
export async function runCommand(
  name: keyof typeof commands,
  positionals: readonly unknown[],
  options: object,
): Promise<number> {
  const terminal = terminalOf(options);
  const { signal, caught, release } = listenForSignals();
  const context: CommandContext = {
    terminal,
    cwd: process.cwd(),
    environment: process.env,
    signal,
    outputClosed: outputClosed(),
  };
  try {
    // Commander made the options by the very definitions the command's option type describes.
    const command = (await commands[name]()) as Command<object>;
    return await command(positionals.flat() as string[], options, context);
  } catch (error) {
    const { asUserError } = await import('./named-file.js');
    const asked: { readonly format?: string } = options;
    const listener = asked.format === 'json' ? terminalOf({ ...options, json: true }) : terminal;
    const code = reportFailure(asUserError(error), listener);
    return caught() && code !== exitCodes.incomplete.code ? exitCodes.interrupted.code : code;
  } finally {
    release();
  }
}

/** Says that the command line itself was wrong, in the same three lines as every failure; exit code 2. */
export function reportUsage(fault: UsageFault, argv: readonly string[]): number {
  const name = argv.slice(2).find((word) => word in commands);
  return reportFailure(
    usageError(fault, name),
    terminalOf({ json: argv.includes('--json'), color: !argv.includes('--no-color') }),
  );
}

/** Aborted when nobody reads stdout any more: commands that go on for their output alone end then. */
function outputClosed(): AbortSignal {
  const controller = new AbortController();
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isClosedOutput(error)) controller.abort();
  });
  return controller.signal;
}

function terminalOf(options: CommonOptions): Terminal {
  return createTerminal({
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    environment: process.env,
    color: options.color,
    json: options.json,
    verbose: options.verbose,
  });
}

/** SIGHUP comes when the terminal window closes, on Windows too. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function listenForSignals(): { signal: AbortSignal; caught: () => boolean; release: () => void } {
  const controller = new AbortController();
  const onSignal = () => controller.abort();
  for (const name of signals) process.on(name, onSignal);
  return {
    signal: controller.signal,
    caught: () => controller.signal.aborted,
    release: () => {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}
