import type { Command, Option } from 'commander';
import { sarifNote, type Terminal } from '../terminal/index.js';
import { version } from '../version.js';

/** What commander would have printed on stdout: the help of a command, or the program's version. */
export interface HelpShown {
  readonly command: Command;
  readonly text: string;
  readonly isVersion: boolean;
}

/** Prints it for a program that reads stdout: the text goes to stderr, and stdout has what --json or --format promises. */
export function printHelp({ command, text, isVersion }: HelpShown, terminal: Terminal): void {
  if (terminal.form === 'text') {
    terminal.printText(text);
    return;
  }
  terminal.sayText(text);
  terminal.document(isVersion ? { program: { name: 'iisnode-sock', version } } : { help: helpOf(command, text) });
  if (terminal.form === 'sarif') {
    terminal.machineText(sarifNote('HELP', 'Help was asked for; nothing was checked.'));
  }
}

/** A command's help as data; `text` is the human-readable one. */
function helpOf(command: Command, text: string): object {
  const help = command.createHelp();
  return {
    command: [command.parent?.name(), command.name()].filter((name) => name !== undefined).join(' '),
    summary: command.summary() || command.description(),
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      required: argument.required,
      repeatable: argument.variadic,
      description: argument.description,
    })),
    options: help.visibleOptions(command).map(optionOf),
    commands: help
      .visibleCommands(command)
      .map((each) => ({ name: each.name(), summary: each.summary() || each.description() })),
    text,
  };
}

function optionOf({ flags, description, argChoices, defaultValue, negate }: Option): object {
  return {
    flags,
    description,
    ...(argChoices !== undefined && { choices: argChoices }),
    // The default of --no-x is x, which its name already says.
    ...(defaultValue !== undefined && !negate && { default: defaultValue }),
  };
}
