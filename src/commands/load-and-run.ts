import type { Command as Typed } from 'commander';
import { asInterruption, nothingChanged } from '../errors.js';
import { exitCodes } from '../exit-codes.js';
import { currentFolder } from '../files/index.js';
import { createTerminal, isClosedOutput, type OutputForm, reportFailure, type Terminal } from '../terminal/index.js';
import type { Command, CommandContext, CommonOptions } from './context.js';
import type { Interruption } from './interruption.js';
import { type Manifest, manifestOfApp } from './manifest-of-app.js';

/**
 * Runs the command that `load` returns, with the user's arguments and the defaults of package.json, and returns the process's exit code;
 * never throws.
 */
export async function loadAndRun(
  load: () => Promise<Command<never>>,
  positionals: readonly unknown[],
  options: object,
  interruption: Interruption,
  typed?: Typed,
): Promise<number> {
  const terminal = terminalOf(options);
  const controller = new AbortController();
  const { signal } = controller;
  const again = new AbortController();
  const words = process.argv.slice(2);
  interruption.act = () => (signal.aborted ? again : controller).abort();
  if (interruption.came) controller.abort();
  try {
    const context: CommandContext = {
      terminal,
      words,
      cwd: currentFolder(),
      environment: process.env,
      signal,
      again: again.signal,
      outputClosed: outputClosed(),
    };
    // Safe: commander creates the options from the definitions that the command's option type describes.
    const command = (await load()) as Command<object>;
    await new Promise((turn) => setImmediate(turn)); // lets a signal that came while files were loaded be handled
    if (signal.aborted) throw nothingChanged();
    const manifest = typed && manifestOfApp(typed, positionals, options, context.cwd);
    const code = await runWithDefaults(command, positionals.flat() as string[], { options, typed, manifest }, context);
    const { updateNotifier = true } = options as CommonOptions;
    const isPrintable = terminal.form === 'text' && terminal.live && !signal.aborted;
    if (isPrintable && updateNotifier) await sayUpdateHint(terminal, process.env);
    return code;
  } catch (error) {
    const { asUserError } = await import('./config-failure.js');
    const { withTypedCommand } = await import('./typed-again.js');
    const shown = withTypedCommand(asUserError(asInterruption(error, signal)), words, typed);
    const code = reportFailure(shown, terminal);
    return signal.aborted && code !== exitCodes.incomplete.code ? exitCodes.interrupted.code : code;
  } finally {
    // Nothing is left to roll back.
    interruption.act = () => process.exit(exitCodes.interrupted.code);
  }
}

interface Given {
  readonly options: object;
  readonly typed: Typed | undefined;
  readonly manifest: Manifest | undefined;
}

async function runWithDefaults(
  command: Command<object>,
  positionals: readonly string[],
  { options, typed, manifest }: Given,
  context: CommandContext,
): Promise<number> {
  if (typed === undefined || manifest === undefined) return command(positionals, options, context);
  const { namingDefault, withDefaults } = await import('./package-defaults.js');
  const given = withDefaults(typed, manifest, options);
  return command(positionals, given, context).catch((error: unknown) =>
    Promise.reject(namingDefault(error, manifest, options, given)),
  );
}

/** Loaded on a terminal alone. */
async function sayUpdateHint(terminal: Terminal, environment: NodeJS.ProcessEnv): Promise<void> {
  const { updateHint, wantsHints } = await import('./update/update-hint.js');
  const hint = wantsHints(terminal, environment) ? await updateHint(environment) : undefined;
  if (hint !== undefined) terminal.say(terminal.err.dim(hint));
}

/** Aborted when stdout is closed: commands that run only for their output end then. */
function outputClosed(): AbortSignal {
  const controller = new AbortController();
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isClosedOutput(error)) controller.abort();
  });
  return controller.signal;
}

/** Options of the output. */
interface OutputOptions extends CommonOptions {
  readonly format?: OutputForm;
  readonly follow?: boolean;
  readonly watch?: boolean;
}

/** The terminal for these options. */
export function terminalOf({ color, json, format, follow, watch, verbose }: OutputOptions): Terminal {
  return createTerminal({
    stdout: process.stdout,
    stderr: process.stderr,
    get stdin() {
      return process.stdin;
    },
    environment: process.env,
    color,
    json,
    format,
    jsonLines: follow === true || watch === true,
    verbose,
  });
}
