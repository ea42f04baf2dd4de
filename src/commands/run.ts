import { exitCodes } from '../exit-codes.js';
import { createTerminal, isClosedOutput, reportFailure, type Terminal } from '../terminal/index.js';
import type { Command, CommandContext, CommonOptions } from './context.js';
import { currentFolder } from './current-folder.js';

/** Runs the command that `load` gives, with what a person typed, and gives the process's exit code; never throws. */
export async function run(
  load: () => Promise<Command<never>>,
  positionals: readonly unknown[],
  options: object,
): Promise<number> {
  const terminal = terminalOf(options);
  const { signal, caught, release } = listenForSignals();
  try {
    const context: CommandContext = {
      terminal,
      cwd: currentFolder(),
      environment: process.env,
      signal,
      outputClosed: outputClosed(),
    };
    // Commander made the options by the very definitions the command's option type describes.
    const command = (await load()) as Command<object>;
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

/** Aborted when nobody reads stdout any more: commands that go on for their output alone end then. */
function outputClosed(): AbortSignal {
  const controller = new AbortController();
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isClosedOutput(error)) controller.abort();
  });
  return controller.signal;
}

/** The terminal these options ask for. */
export function terminalOf(options: CommonOptions): Terminal {
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
