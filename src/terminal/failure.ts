import { tooManyOpenFiles, UserError } from '../errors.js';
import { type ExitReason, exitCodes } from '../exit-codes.js';
import { type Failure, failureInForm } from './failure-forms.js';
import type { Terminal } from './terminal.js';

/** Prints a failure in three lines and returns the exit code. A stack only with --verbose. */
export function reportFailure(error: unknown, terminal: Terminal): number {
  const known = error instanceof UserError ? error : tooManyOpenFiles(error);
  const { exit, ...failure } = known ? linesOf(known) : asBug(error);
  const { err, form } = terminal;
  terminal.say(`${err.error('error')} ${err.strong(failure.code)}  ${failure.what}`);
  terminal.say(`  ${failure.why}`);
  terminal.say(`  next: ${failure.next}`);
  if (terminal.verbose) for (const stack of stacksOf(error)) terminal.sayText(`${err.dim(stack)}\n`);
  const { code } = exitCodes[exit];
  if (form !== 'text') terminal.machineText(failureInForm(failure, form, code, terminal.jsonLines));
  return code;
}

interface Known extends Failure {
  readonly exit: ExitReason;
}

const linesOf = ({ code, what, why, next, exit }: UserError): Known => ({ code, what, why, next, exit });

function asBug(error: unknown): Known {
  return {
    code: 'INTERNAL',
    what: 'this is a bug in iisnode-sock',
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
