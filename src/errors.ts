import { type ExitReason, exitCodes } from './exit-codes.js';

/** The three lines a person reads, and what led to them. */
export interface UserErrorOptions {
  /** One line: what went wrong. */
  readonly what: string;
  /** One line: why. */
  readonly why: string;
  /** One line: what to do next, best a command. */
  readonly next: string;
  /** Which exit code it ends the process with; `usage` (2) unless said otherwise. */
  readonly exit?: ExitReason;
  readonly cause?: unknown;
}

/** What a command that was asked to stop says, where it has something of its own to say. */
type Interruption = Partial<Omit<UserErrorOptions, 'exit'>>;

/** An error a person can act on. Anything else that is thrown is our bug (exit code 3). */
export class UserError extends Error {
  override readonly name = 'UserError';
  /** Stable for ever, upper case: WEB_CONFIG_NOT_FOUND. */
  readonly code: string;
  readonly what: string;
  readonly why: string;
  readonly next: string;
  readonly exit: ExitReason;

  constructor(code: string, options: UserErrorOptions) {
    super(`${code}: ${options.what}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.what = options.what;
    this.why = options.why;
    this.next = options.next;
    this.exit = options.exit ?? 'usage';
  }

  /** The process exit code, 1..130. */
  get exitCode(): number {
    return exitCodes[this.exit].code;
  }
}

/** Ctrl-C, or a signal: what was begun is undone, and the command ends with 130. */
export function interrupted(said: Interruption = {}): UserError {
  return new UserError('INTERRUPTED', {
    what: 'interrupted',
    why: 'You (or the system) asked the command to stop; what it had begun is undone.',
    next: 'run the command again when you are ready',
    ...said,
    exit: 'interrupted',
  });
}
