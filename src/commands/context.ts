import type { Terminal } from '../terminal/index.js';

/** The environment of a command; read once, passed in. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** What was typed after the name of the program. */
  readonly words: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted by SIGINT, SIGTERM or SIGHUP: roll back and end. */
  readonly signal: AbortSignal;
  /** Aborted by the second of these signals: end at once. */
  readonly again: AbortSignal;
  /** Aborted when stdout is closed, as with `| head -1`. */
  readonly outputClosed: AbortSignal;
}

/** A command: positional arguments and options in, exit code out. Throws UserError for everything the user can fix. */
export type Command<Options> = (
  positionals: readonly string[],
  options: Options,
  context: CommandContext,
) => Promise<number>;

/** Options of every command. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly color?: boolean;
  /** `--no-update-notifier` gives false. */
  readonly updateNotifier?: boolean;
}
