import { typedCommand } from '../typed-command.js';

/** A question that was answered: the option, or 'dir', that answers it on the command line. */
export interface Answer {
  readonly flag: string;
  readonly text: string;
}

/** Options without a value: the answer no is to leave them out. */
const switches = /^--(yes|replace-handler|typescript)$/;

/**
 * The command line that does the same without a question.
 *
 * @param words What was typed after the name of the program, `init` first.
 */
export function withoutQuestions(words: readonly string[], answers: readonly Answer[]): string {
  const [command = 'init', ...rest] = words;
  const folder = answers.filter(({ flag }) => flag === 'dir').map(({ text }) => text);
  const options = answers
    .filter(({ flag }) => flag !== 'dir')
    .flatMap(({ flag, text }) => (switches.test(flag) ? (text === 'yes' ? [flag] : []) : [flag, text]));
  return typedCommand([command, ...folder, ...rest, ...options]);
}
