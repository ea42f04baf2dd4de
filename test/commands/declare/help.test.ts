import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../../src/commands/program.js';
import { adapters } from '../../../src/scaffold/adapters.js';
import { templates } from '../../../src/scaffold/templates.js';
import { commandNames } from '../../support/command-names.js';

/** The help of a command, or of the program, on a terminal of that width. */
function helpOf(name: string | undefined, width = 80): string {
  const program = buildProgram(() => async () => undefined);
  let text = '';
  const own = (command: Command): Command =>
    command.configureOutput({
      writeOut: (part) => {
        text += part;
      },
      getOutHelpWidth: () => width,
    });
  const command = [own(program), ...program.commands.map(own)].find((one) => one.name() === (name ?? 'iisnode-sock'));
  command?.outputHelp();
  return text;
}

const optionOf = (command: string, flag: string) =>
  buildProgram(() => async () => undefined)
    .commands.find((one) => one.name() === command)
    ?.options.find(({ long }) => long === flag);

describe.each([undefined, ...commandNames])('the help of %s', (name) => {
  it('has examples that name the program, and ends with where to report', () => {
    const [, end = ''] = helpOf(name, 200).split('\nExamples:\n');
    expect(end).toMatch(/^( {2}npx iisnode-sock \S.*\n)+\nReport a bug, .*npm bugs iisnode-sock .*\n$/);
    if (name !== undefined) expect(end).toMatch(new RegExp(`^ {2}npx iisnode-sock ${name}\\b`));
  });

  it.each([76, 110])('stays within a terminal of %i columns, but for what is copied and single words', (width) => {
    const long = helpOf(name, width)
      .split('\n')
      .filter((line) => line.length > width && !/^ {2}npx |^Usage: /.test(line));
    expect(long.filter((line) => line.trim().includes(' '))).toEqual([]);
  });
});

describe('the choices of the help', () => {
  it('are all that there are', () => {
    expect(optionOf('init', '--template')?.argChoices?.toSorted()).toEqual(
      templates()
        .map(({ name }) => name)
        .sort(),
    );
    expect(optionOf('init', '--adapter')?.argChoices?.toSorted()).toEqual(
      adapters()
        .map(({ name }) => name)
        .sort(),
    );
  });
});
