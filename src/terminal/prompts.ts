import { interrupted, UserError } from '../errors.js';
import type { Terminal } from './terminal.js';

/** A question that has a flag. */
export interface Question {
  readonly message: string;
  /** What a person can type instead: `--entry server.js`. */
  readonly flag: string;
  readonly choices?: readonly { readonly value: string; readonly label: string; readonly hint?: string }[];
  readonly initial?: string;
  /** Gives the complaint about a typed answer, undefined when it is fine. */
  readonly validate?: (answer: string) => string | undefined;
}

/** Asks on the terminal. Throws UserError QUESTION_UNANSWERED (exit 4) when nobody is there, INTERRUPTED (130) on Ctrl-C. */
export async function ask(terminal: Terminal, question: Question): Promise<string> {
  needsSomebody(terminal, question);
  const { isCancel, select, text } = await import('@clack/prompts'); // here: questions are rare
  const { message, choices, initial, validate } = question;
  const answer = choices
    ? await select({
        message,
        options: choices.map(({ value, label, hint }) => (hint ? { value, label, hint } : { value, label })),
        ...(initial === undefined ? {} : { initialValue: initial }),
        output: process.stderr,
      })
    : await text({
        message,
        ...(initial === undefined ? {} : { placeholder: initial, defaultValue: initial }),
        validate: (typed) => validate?.(typed || initial || ''),
        output: process.stderr,
      });
  if (isCancel(answer)) throw interrupted();
  return answer;
}

function needsSomebody(terminal: Terminal, { message, flag }: Question): void {
  if (terminal.interactive) return;
  throw new UserError('QUESTION_UNANSWERED', {
    what: `a question needs an answer: ${message}`,
    why: 'There is no terminal to ask on (or CI or --json is set).',
    next: `answer it on the command line: ${flag}`,
    exit: 'question',
  });
}
