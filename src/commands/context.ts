import type { Terminal } from '../terminal/index.js';

/** What a command may know of the world; read once, passed in. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted by SIGINT, SIGTERM or SIGHUP: roll back and end. */
  readonly signal: AbortSignal;
  /** Aborted when nobody reads stdout any more, as behind `| head -1`. */
  readonly outputClosed: AbortSignal;
}

/** A command: positional arguments and options in, exit code out. Throws UserError for everything a person can fix. */
export type Command<Options> = (
  positionals: readonly string[],
  options: Options,
  context: CommandContext,
) => Promise<number>;

/** Options every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly color?: boolean;
}
