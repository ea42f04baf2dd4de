import { type Command, Option } from 'commander';
import { collect } from '../option-values.js';
import { helpEnd } from './help.js';
import { json, siteApp, vdirPath } from './options.js';
import type { Runner } from './runner.js';

/** Declares `trace`. */
export function addTrace(program: Command, run: Runner): void {
  program
    .command('trace')
    .argument('<url>', 'http://localhost/dante/..., localhost/dante/..., a path only, or ws://... for a WebSocket')
    .summary('which rule, handler and script IIS chooses for a URL, and why')
    .description('Every step of a URL through the configuration. Nothing is run.')
    .option('--dir <dir>', 'the folder; by default that of the serve which listens at the URL, else "."')
    .addOption(vdirPath("the folder's vdir path; by default the one in its web.config, else the folder's name"))
    .addOption(siteApp('another application of the site; repeatable'))
    .option('--apphost <file>', 'an applicationHost.config to use, in place of --dir, --path and --app')
    .addOption(new Option('--method <verb>', 'request method').default('GET').argParser(String)) // trace checks it
    .addOption(new Option('--header <header>', "'Name: value'; repeatable").argParser(collect))
    .addOption(json())
    .addHelpText(
      'after',
      helpEnd(
        ['Exit code 1: the answer would be an error.'],
        [
          "trace '/dante/socket.io/?EIO=4' --dir dante",
          "trace 'ws://localhost/dante/socket.io/?EIO=4&transport=websocket' --dir dante --json",
        ],
      ),
    )
    .action(run('trace'));
}
