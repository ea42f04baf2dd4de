import type { AddHelpTextContext } from 'commander';
import { exitCodes } from '../../exit-codes.js';
import { iisnodeSock } from '../../typed-command.js';
import { informationUri } from '../../version.js';

/** Words in lines of at most `width` columns; a word that is longer has a line of its own. @param indent of all lines but the first. */
export function wrapped(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(last === undefined ? word : indent + word);
  }
  return lines.join('\n');
}

const widthOf = ({ command }: AddHelpTextContext): number => command.createHelp().helpWidth ?? outputWidth(command);
const outputWidth = (command: AddHelpTextContext['command']): number =>
  command.configureOutput().getOutHelpWidth?.() ?? 80;

const reporting = `Report a bug, or a finding that is wrong: npm bugs iisnode-sock (${informationUri})`;

/**
 * The end of a command's help: paragraphs in the terminal's width, examples, and where to report.
 * @param examples Command lines without the program's name; they are never wrapped, so that they can be copied.
 */
export const helpEnd =
  (paragraphs: readonly string[], examples: readonly string[]) =>
  (context: AddHelpTextContext): string => {
    const width = widthOf(context);
    const lines = examples.map((example) => `  ${iisnodeSock} ${example}`);
    return [
      '',
      ...paragraphs.map((text) => `${wrapped(text, width)}\n`),
      'Examples:',
      ...lines,
      '',
      wrapped(reporting, width),
    ].join('\n');
  };

/** The end of the program's own help. */
export function programHelpEnd(context: AddHelpTextContext): string {
  const width = widthOf(context);
  const rows = Object.values(exitCodes).map(({ code, meaning }) =>
    wrapped(`  ${String(code).padStart(3)}  ${meaning}`, width, ' '.repeat(7)),
  );
  const note = wrapped("The command appcmd has appcmd's own exit codes: 0, or a Win32 error.", width);
  const examples = ['init dante', 'deploy dante', 'doctor dante'].map((example) => `  ${iisnodeSock} ${example}`);
  return ['', 'Exit codes:', ...rows, note, '', 'Examples:', ...examples, '', wrapped(reporting, width)].join('\n');
}
