import { interrupted, UserError } from '../errors.js';
import { printable } from '../printable.js';
import { askPlainly } from './plain-prompt.js';
import type { Choice, Question } from './question.js';
import type { Terminal } from './terminal.js';

/**
 * Asks on the terminal, in plain lines where it has no colours or cannot move the cursor. Throws UserError QUESTION_UNANSWERED
 * (exit 4) when there is no terminal or the input ends, INTERRUPTED (130) on Ctrl-C and when `signal` is aborted.
 */
export async function ask(terminal: Terminal, question: Question, signal: AbortSignal): Promise<string> {
  if (signal.aborted) throw interrupted();
  if (!terminal.interactive) throw unanswered(question);
  terminal.passing();
  const shown: Question = {
    ...question,
    message: printable(question.message),
    ...(question.choices && { choices: question.choices.map(printableChoice) }),
  };
  const answer = isFull(terminal) ? await askOnScreen(shown, signal) : await askPlainly(terminal, shown, signal);
  if (signal.aborted || answer === 'cancelled') throw interrupted();
  if (answer === 'ended') throw unanswered(question);
  return answer.text;
}

/** One line above the questions of a command. */
export async function intro(terminal: Terminal, title: string): Promise<void> {
  terminal.passing();
  if (!isFull(terminal)) return terminal.say(title);
  (await import('@clack/prompts')).intro(printable(title), { output: process.stderr });
}

/** One line below all that the command has to say. */
export async function outro(terminal: Terminal, message: string): Promise<void> {
  terminal.passing();
  if (!isFull(terminal)) return terminal.say(message);
  (await import('@clack/prompts')).outro(printable(message), { output: process.stderr });
}

/** @clack/prompts moves the cursor and colours regardless of NO_COLOR and TERM. */
const isFull = ({ live, err }: Terminal): boolean => live && err.enabled;

const printableChoice = ({ value, label, hint }: Choice): Choice => ({
  value,
  label: printable(label),
  ...(hint !== undefined && { hint: printable(hint) }),
});

/** With cursor movement and colours. */
async function askOnScreen(
  { message, choices, initial, validate }: Question,
  signal: AbortSignal,
): Promise<{ readonly text: string } | 'cancelled'> {
  const { isCancel, select, text } = await import('@clack/prompts'); // here: questions are rare
  const common = { message, signal, output: process.stderr };
  // A key pressed right after Enter arrives in the same chunk of input, when the prompt has already ended.
  let hasCtrlC = false;
  const onData = (data: Buffer | string): void => {
    hasCtrlC ||= data.toString().includes('\u0003');
  };
  process.stdin.on('data', onData);
  try {
    const answer = choices
      ? await select({
          ...common,
          options: choices.map((choice) => ({ ...choice })),
          ...(initial === undefined ? {} : { initialValue: initial }),
        })
      : await text({
          ...common,
          ...(initial === undefined ? {} : { placeholder: initial, defaultValue: initial }),
          validate: (typed) => validate?.(typed || initial || ''),
        });
    return isCancel(answer) || hasCtrlC ? 'cancelled' : { text: answer };
  } finally {
    process.stdin.off('data', onData);
  }
}

function unanswered({ message, flag }: Question): UserError {
  return new UserError('QUESTION_UNANSWERED', {
    what: `a question needs an answer: ${message}`,
    why: 'There is no terminal to ask on (or CI or --json is set).',
    next: `answer it on the command line: ${flag}`,
    exit: 'question',
  });
}
