import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, CommanderError } from 'commander';
import type { CommandName } from './commands/declare/runner.js';
import type { Interruption } from './commands/interruption.js';
import { outputAskedFor } from './commands/output-asked-for.js';
import { buildProgram } from './commands/program.js';
import { tooManyOpenFiles } from './errors.js';
import { exitCodes } from './exit-codes.js';
import { nearestName } from './nearest-name.js';
import { survivesClosedOutput } from './terminal/closed-output.js';

/** That of the running command's own file: until another file is loaded the command would go on, and print. */
let bugReporter: ((error: unknown, words: readonly string[]) => number) | undefined;

/** Does `doctor` need what deploy is made of: ssh, and the targets of package.json? A word that is no file may name one. */
function isAboutServer([what]: readonly unknown[], options: object): boolean {
  const { server, target } = options as { readonly server?: boolean | string; readonly target?: string };
  const isName = typeof what === 'string' && !/[\\/:]/.test(what) && !existsSync(resolve(what));
  return (server !== undefined && server !== false) || target !== undefined || isName;
}

/** `trace` and `doctor` run many times while something is being corrected: files of their own save loading ES modules (npm run bench). */
async function runnerOf(
  name: CommandName,
  words: readonly unknown[],
  options: object,
): Promise<
  (positionals: readonly unknown[], options: object, interruption: Interruption, typed: Command) => Promise<number>
> {
  const alone =
    (name === 'trace' && (await import('./commands/trace-alone.js'))) ||
    (name === 'doctor' && !isAboutServer(words, options) && (await import('./commands/doctor-alone.js')));
  if (alone) {
    bugReporter = alone.reportBug;
    return alone.runAlone;
  }
  const { runCommand } = await import('./commands/index.js');
  return (...typed) => runCommand(name, ...typed);
}

/** The options before and after the command's name: those of every command may be in either place. */
function optionsOf(command: Command): object {
  const all = [command.opts(), command.parent?.opts() ?? {}];
  return {
    ...all[0],
    verbose: all.some(({ verbose }) => verbose === true),
    color: all.every(({ color }) => color !== false),
    updateNotifier: all.every(({ updateNotifier }) => updateNotifier !== false),
  };
}

/** Reports on stderr, in three lines as every error, that stdout cannot be written. */
function outputFailed(error: Error): void {
  process.exitCode = exitCodes.refused.code;
  process.stderr.write(
    `error OUTPUT_FAILED  the output cannot be written\n  ${error.message}\n  next: free disk space, or redirect the output to another place\n`,
  );
}

/** Ends the process once its output is written: an interrupted command may leave sockets and timers open. */
function exitWhenWritten(): void {
  const exit = (): void => process.exit();
  process.stdout.write('', () => process.stderr.write('', exit));
  setTimeout(exit, 500); // in case the output is never read
}

/** Reports an unexpected error as a bug of ours (3), or as too many open files (1), and ends the process. Never throws. */
export async function endWithBug(error: unknown): Promise<void> {
  process.exitCode = exitCodes.bug.code;
  try {
    const reportBug = bugReporter ?? (await import('./commands/index.js')).reportBug;
    process.exitCode = reportBug(error, process.argv.slice(2));
  } catch {
    // The reporting code cannot be loaded either.
    const known = tooManyOpenFiles(error);
    process.exitCode = known?.exitCode ?? exitCodes.bug.code;
    const stack = error instanceof Error ? error.stack : String(error);
    const text = known ? `error ${known.code}  ${known.what}\n  ${known.why}\n  next: ${known.next}` : stack;
    process.stderr.write(`${text}\n`);
  }
  exitWhenWritten();
}

/**
 * Runs the command line; sets process.exitCode.
 *
 * @param interruption Called by the launcher's signal handlers; without it signals are not handled.
 */
export async function main(
  argv: readonly string[],
  interruption: Interruption = { came: false, act: () => {} },
): Promise<void> {
  // Until a command runs, a signal is only recorded: the command then ends before it begins.
  interruption.act = () => {};
  survivesClosedOutput([process.stdout, process.stderr], outputFailed);
  const program = buildProgram((name) => async (...args) => {
    const command = args.at(-1) as Command;
    const options = optionsOf(command);
    const runCommand = await runnerOf(name, command.processedArgs, options);
    const code = await runCommand(command.processedArgs, options, interruption, command);
    process.exitCode ||= code; // a failed write of the output has set it already
    if (code === exitCodes.interrupted.code) exitWhenWritten();
  });
  const words = argv.slice(2);
  let shown: { readonly command: Command; readonly text: string } | undefined;
  for (const command of [program, ...program.commands]) {
    command.configureOutput({
      outputError: () => {}, // printed below, in our three lines
      writeErr: () => {},
      writeOut: (text) => {
        shown = { command, text: (shown?.text ?? '') + text }; // usage and addHelpText are separate writes
      },
    });
  }
  if (words.length === 0) {
    program.outputHelp();
    return printShown(shown, false, words);
  }
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return printShown(shown, error.code === 'commander.version', words); // --help, --version
    const names = program.commands.map((command) => command.name());
    const fault = error.code === 'commander.help' ? unknownTopic(words, names) : error;
    if (fault === undefined) {
      program.outputHelp(); // only options of every command
      return printShown(shown, false, words);
    }
    const { reportUsage } = await import('./commands/index.js');
    process.exitCode = reportUsage(fault, words);
  }
}

/** Prints what commander would have: as it is, or for a reader of stdout that is promised one document. */
async function printShown(
  shown: { readonly command: Command; readonly text: string } | undefined,
  isVersion: boolean,
  words: readonly string[],
): Promise<void> {
  if (shown === undefined) return;
  const { json, format = 'text' } = outputAskedFor(words);
  if (!json && format === 'text') {
    process.stdout.write(shown.text); // loads nothing: --help stays as fast as Node itself
    return;
  }
  const { printHelpShown } = await import('./commands/index.js');
  printHelpShown({ ...shown, isVersion }, words);
}

/** `help nosuch`, as commander says it of `nosuch`; undefined when no command is named at all. */
function unknownTopic(
  words: readonly string[],
  names: readonly string[],
): { readonly code: string; readonly message: string } | undefined {
  const [, name] = words.filter((word) => !word.startsWith('-'));
  if (name === undefined) return undefined;
  const near = nearestName(name, names);
  const meant = near === undefined ? '' : `\n(Did you mean ${near}?)`;
  return { code: 'commander.unknownCommand', message: `error: unknown command '${name}'${meant}` };
}
