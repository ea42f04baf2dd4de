import { Command } from 'commander';
import { version } from '../version.js';
import { programHelpEnd } from './declare/help.js';
import { declarations, type Runner } from './declare/index.js';
import { refuseStrayValues } from './option-values.js';

/** The commander program; `run` makes the action of a command. */
export function buildProgram(run: Runner): Command {
  const program = new Command('iisnode-sock')
    .description(
      'From an empty folder to a socket.io app live on IIS in one minute, and clear errors when something is wrong.',
    )
    .version(version, '-v, --version')
    .configureHelp({ minWidthToWrap: 20 }) // a description beside its option is narrower than the 40 of the default
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText('after', programHelpEnd);
  addCommon(program);
  for (const declare of declarations) declare(program, run);
  for (const command of program.commands) {
    addCommon(command.exitOverride());
    refuseStrayValues(command);
  }
  return program;
}

/** The options that stand before or behind the name of every command. */
function addCommon(command: Command): void {
  command
    .option('--verbose', 'print more; errors with stack traces')
    .option('--no-color', 'no colours')
    .option('--no-update-notifier', 'no line about a newer version');
}
