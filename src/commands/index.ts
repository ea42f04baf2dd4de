import type { Command as Typed } from 'commander';
import { reportFailure } from '../terminal/index.js';
import type { Command } from './context.js';
import type { CommandName } from './declare/runner.js';
import { type HelpShown, printHelp } from './help-document.js';
import type { Interruption } from './interruption.js';
import { loadAndRun, terminalOf } from './load-and-run.js';
import { outputAskedFor } from './output-asked-for.js';

export { reportBug } from './report-bug.js';

import { type UsageFault, usageError } from './usage-error.js';

/** Every command of the program by its name; its code is loaded when it runs. */
const commands = {
  init: async () => (await import('./init.js')).init,
  deploy: async () => (await import('./deploy.js')).deploy,
  doctor: async () => (await import('./doctor-at-server.js')).doctor,
  serve: async () => (await import('./serve.js')).serve,
  trace: async () => (await import('./trace.js')).trace,
  capacity: async () => (await import('./capacity.js')).capacity,
  undeploy: async () => (await import('./undeploy.js')).undeploy,
  rollback: async () => (await import('./rollback.js')).rollback,
  releases: async () => (await import('./releases.js')).releases,
  status: async () => (await import('./status.js')).status,
  logs: async () => (await import('./logs.js')).logs,
  appcmd: async () => (await import('./appcmd.js')).appcmd,
  completion: async () => (await import('./completion.js')).completion,
} satisfies Record<CommandName, () => Promise<Command<never>>>;

/** Runs one command and returns the process's exit code; never throws. */
export function runCommand(
  name: keyof typeof commands,
  positionals: readonly unknown[],
  options: object,
  interruption: Interruption,
  typed?: Typed,
): Promise<number> {
  return loadAndRun(commands[name], positionals, options, interruption, typed);
}

/** Prints a help or the version in the form that the command line asks for. */
export function printHelpShown(shown: HelpShown, words: readonly string[]): void {
  printHelp(shown, terminalOf(outputAskedFor(words)));
}

/** Reports a wrong command line, in the same three lines as every failure; exit code 2. */
export function reportUsage(fault: UsageFault, words: readonly string[]): number {
  const name = words.find((word) => Object.hasOwn(commands, word));
  return reportFailure(usageError(fault, name, words), terminalOf(outputAskedFor(words)));
}
