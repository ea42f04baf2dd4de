import { UserError } from '../errors.js';
import { exitCodes } from '../exit-codes.js';
import type { Terminal } from './terminal.js';

/** As it stands in `--json` documents of commands that failed. */
export interface FailureDocument {
  readonly error: { readonly code: string; readonly what: string; readonly why: string; readonly next: string };
}

/** Says what failed, in three lines, and gives the exit code. A stack only with --verbose. */
export function reportFailure(error: unknown, terminal: Terminal): number {
  const known = error instanceof UserError ? error : asBug(error);
  const { err } = terminal;
  terminal.say(`${err.error('error')} ${err.strong(known.code)}  ${known.what}`);
  terminal.say(`  ${known.why}`);
  terminal.say(`  next: ${known.next}`);
  if (terminal.verbose) for (const stack of stacksOf(error)) terminal.say(err.dim(stack));
  terminal.document({
    error: { code: known.code, what: known.what, why: known.why, next: known.next },
  } satisfies FailureDocument);
  return exitCodes[known.exit].code;
}

interface Known {
  readonly code: string;
  readonly what: string;
  readonly why: string;
  readonly next: string;
  readonly exit: keyof typeof exitCodes;
}

function asBug(error: unknown): Known {
  return {
    code: 'INTERNAL',
    what: 'iisnode-sock has a bug, and you met it',
    why: firstLine(error instanceof Error ? error.message : String(error)),
    next: 'run it again with --verbose and report the stack with the command you ran',
    exit: 'bug',
  };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] || 'no message';
}

function stacksOf(error: unknown): string[] {
  const stacks: string[] = [];
  for (let each = error; each instanceof Error && stacks.length < 5; each = each.cause) {
    stacks.push(each.stack ?? each.message);
  }
  return stacks;
}
