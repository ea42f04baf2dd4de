import { type ExitReason, exitCodes } from './exit-codes.js';

/** What changes in the command that was typed. */
export interface TypedChange {
  /** Options with their values, in place of those of the same name: `['--port', '0']`. */
  readonly with?: readonly string[];
  /** Options that are left out, with their values. */
  readonly without?: readonly string[];
  /** A word that was typed, an argument or a value, and the one in its place; a path of a file is also found by its relative form. */
  readonly instead?: readonly [typed: string, meant: string];
  /** The command is right as it was typed. */
  readonly same?: true;
  /** When, or with what effect: stands in brackets behind the command. */
  readonly note?: string;
}

/** The three lines the user reads, and the cause. */
export interface UserErrorOptions {
  /** One line: what went wrong. */
  readonly what: string;
  /** One line: why. */
  readonly why: string;
  /** One line: what to do next, if possible a command. */
  readonly next: string;
  /** The same as a change of what was typed: the program prints the whole command in place of `next`. */
  readonly again?: TypedChange;
  /** The exit code of the process; `usage` (2) by default. */
  readonly exit?: ExitReason;
  readonly cause?: unknown;
}

/** The text of an interrupted command, where it differs from the usual one. */
type Interruption = Partial<Omit<UserErrorOptions, 'exit' | 'again'>>;

/** An error the user can act on. Anything else that is thrown is a bug of ours (exit code 3). */
export class UserError extends Error {
  override readonly name = 'UserError';
  /** Never changes; upper case: WEB_CONFIG_NOT_FOUND. */
  readonly code: string;
  readonly what: string;
  readonly why: string;
  readonly next: string;
  /** What makes the command that was typed succeed. */
  readonly again: TypedChange | undefined;
  readonly exit: ExitReason;

  constructor(code: string, options: UserErrorOptions) {
    super(`${code}: ${options.what}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.what = options.what;
    this.why = options.why;
    this.next = options.next;
    this.again = options.again;
    this.exit = options.exit ?? 'usage';
  }

  /** The same error, thrown at the same place, in other words. */
  reworded(changed: Partial<UserErrorOptions>): UserError {
    const { code, what, why, next, again, exit, cause, stack } = this;
    const options = { what, why, next, ...(again && { again }), exit, cause, ...changed };
    return Object.assign(new UserError(code, options), { stack });
  }

  /** The process exit code, 1..130. */
  get exitCode(): number {
    return exitCodes[this.exit].code;
  }
}

/** Ctrl-C, or a signal: what was begun is rolled back, and the command ends with 130. */
export function interrupted(text: Interruption = {}): UserError {
  return new UserError('INTERRUPTED', {
    what: 'interrupted',
    why: 'You (or the system) asked the command to stop; what it had begun is rolled back.',
    next: 'run the command again when you are ready',
    ...text,
    exit: 'interrupted',
  });
}

/** Interrupted before anything was changed, or during work that changes nothing. */
export function nothingChanged(cause?: unknown): UserError {
  return interrupted({ why: 'You (or the system) asked the command to stop; it has changed nothing.', cause });
}

/** The error of work that changes nothing before its own errors say what became of it: the reason of `signal` becomes `nothingChanged`. */
export const beforeAnyChange = (error: unknown, signal: AbortSignal | undefined): unknown =>
  signal?.aborted === true && isReasonOf(error, signal) ? nothingChanged(error) : error;

const isReasonOf = (error: unknown, signal: AbortSignal): boolean =>
  !(error instanceof UserError) && (error === signal.reason || (error instanceof Error && error.name === 'AbortError'));

/**
 * The error of work that `signal` interrupts: its reason, which no user understands (AbortError), becomes INTERRUPTED; every other error
 * stays as it is.
 */
export function asInterruption(error: unknown, signal: AbortSignal | undefined): unknown {
  return signal?.aborted === true && isReasonOf(error, signal) ? interrupted({ cause: error }) : error;
}

/**
 * The system refuses to open one more file: nothing is wrong with the program or with the file. The first such error among the causes
 * counts.
 * @returns undefined for every other error.
 */
export function tooManyOpenFiles(error: unknown): UserError | undefined {
  let each = error;
  for (let depth = 0; each instanceof Error && depth < 5; depth++) {
    const code = codeOfLoader(each) ?? ('code' in each ? each.code : undefined);
    if (code === 'ENFILE' || code === 'EMFILE')
      return openFilesError(code, 'syscall' in each && each.syscall === 'watch', error);
    each = each.cause;
  }
  return undefined;
}

/** Node 24 reports a package.json that it cannot open without a code of the system: "Cannot read package config /package.json: too many open files." */
function codeOfLoader({ message }: Error): 'EMFILE' | undefined {
  return /^Cannot read package config .*: too many open files\b/i.test(message) ? 'EMFILE' : undefined;
}

function openFilesError(code: 'EMFILE' | 'ENFILE', isWatch: boolean, cause: unknown): UserError {
  const raise = process.platform === 'win32' ? 'end other programs' : 'raise the limit (ulimit -n 1024)';
  const [why, next] =
    code === 'ENFILE'
      ? ['The whole system has as many files open as it allows (ENFILE).', 'end other programs']
      : isWatch
        ? ['This user watches as many folders as the system allows (EMFILE).', 'end programs that watch files']
        : ['This process has as many files open as its limit allows (EMFILE).', raise];
  return new UserError('TOO_MANY_OPEN_FILES', {
    what: 'no more files can be opened',
    why,
    next: `${next}, and run the command again`,
    exit: 'refused',
    cause,
  });
}
