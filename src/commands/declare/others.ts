import { Argument, type Command, Option } from 'commander';
import { integer } from '../option-values.js';
import { helpEnd } from './help.js';
import { namedTarget } from './options.js';
import type { Runner } from './runner.js';

/** Declares `logs`, `appcmd` and `completion`. */
export function addOthers(program: Command, run: Runner): void {
  program
    .command('logs')
    .argument('[dir]', 'the app, or a target in package.json (default: ".")')
    .summary('what the app has printed: its logs')
    .description("The output of the app's node processes, process by process; ! marks stderr.")
    .addOption(
      new Option('--to <target>', 'ssh://user@host/Site%20Name/path: those of a server; of this machine by default'),
    )
    .addOption(new Option('--site <name>', 'on a server: the IIS site'))
    .addOption(new Option('--path <path>', 'on a server: the vdir path'))
    .addOption(namedTarget())
    .option('-f, --follow', 'keep printing new lines')
    .addOption(
      new Option('-n, --lines <n>', 'number of lines from the end').argParser(integer(0, 1_000_000)).default(100),
    )
    .addOption(new Option('--json', 'one JSON document; with --follow one JSON document per line'))
    .addHelpText(
      'after',
      helpEnd(
        ['Ctrl-C (SIGINT) or SIGTERM stops --follow, exit code 0.'],
        ['logs dante', 'logs dante --follow --lines 20'],
      ),
    )
    .action(run('logs'));
  program
    .command('appcmd')
    .argument('[args...]', 'as on IIS: list site, add app /site.name:X /path:/y, ...')
    .summary("the embedded IIS's own appcmd; its exit codes are appcmd's own")
    .allowUnknownOption()
    .passThroughOptions()
    .addHelpText('after', helpEnd([], ['appcmd list site', 'appcmd list app /site.name:"Default Web Site"']))
    .action((words: readonly string[], options: object, command: Command) =>
      // Also after an argument of appcmd: appcmd itself has /? for its own help.
      words.includes('--help') ? command.help() : run('appcmd')(words, options, command),
    );
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish', 'powershell']))
    .summary('a script with which a shell completes commands, options and values')
    .description(
      'Print a script that completes the command line in a shell, also behind npx. docs/completion.md has where it goes.',
    )
    .addHelpText(
      'after',
      helpEnd(
        [],
        ['completion bash > ~/.iisnode-sock.bash', 'completion powershell | Out-File -Append -Encoding utf8 $PROFILE'],
      ),
    )
    .action(run('completion'));
}
