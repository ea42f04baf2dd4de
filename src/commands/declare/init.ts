import { type Command, Option } from 'commander';
import { most } from '../../most.js';
import { collect, integer, list } from '../option-values.js';
import { helpEnd } from './help.js';
import { dryRun, json, oneOf, vdirPath } from './options.js';
import type { Runner } from './runner.js';

/** Declares `init`. */
export function addInit(program: Command, run: Runner): void {
  program
    .command('init')
    // No default of commander's: init asks for the name where no folder is named.
    .argument('[dir]', "the app's folder, the current one by default; created if it does not exist")
    .summary('create the Dante streamer, or adopt an existing app')
    .description('Create a socket.io app that runs on IIS, or adopt the app that is already in the folder.')
    .addOption(oneOf('--template <name>', 'the app to create', ['dante', 'dante-faye', 'chat', 'minimal']))
    .addOption(vdirPath("the app's vdir path on the site: /dante, or / for the site's root"))
    .option('--entry <file>', 'entry point of the app to adopt')
    .addOption(
      oneOf('--loader <when>', 'let iisnode-entry.cjs start an adopted app; auto by default', [
        'auto',
        'always',
        'never',
      ]),
    )
    .addOption(oneOf('--module <name>', 'what runs node in IIS; iisnode by default', ['iisnode', 'httpplatform']))
    .option(
      '--replace-handler',
      'let iisnode replace HttpPlatformHandler, a proxy rule, or a dead handler in web.config',
    )
    .addOption(new Option('--processes <n>', 'node processes iisnode starts').argParser(integer(1, most.processes)))
    .addOption(
      oneOf('--adapter <name>', 'how messages reach the clients of other processes; none by default', [
        'none',
        'redis',
        'azure',
      ]),
    )
    .addOption(
      new Option('--transports <list>', 'websocket,polling; websocket alone by default in a new app').argParser(list),
    )
    .addOption(new Option('--static <folders>', 'folders that IIS serves: public, /assets=dist').argParser(list))
    .option('--allow-eio3', 'also let clients of socket.io 1 and 2 connect')
    .option('--typescript', 'create the app in TypeScript; init builds it after npm install, deploy builds it again')
    .option('--no-typescript', 'create it in JavaScript, without the question')
    .addOption(oneOf('--ci <service>', 'also write a workflow that deploys the app', ['github']))
    .addOption(
      new Option(
        '--to <target>',
        "with --ci: where it deploys to, as in deploy's --to; by default the targets in package.json; repeatable",
      ).argParser(collect),
    )
    .option('--no-install', 'do not run npm install')
    .option('--force', 'write into a folder with other files; a backup of each replaced file is kept')
    .option('--yes', 'do not ask: use the default answer of each question')
    .addOption(dryRun('show what would be written, write nothing'))
    .addOption(json())
    .addHelpText(
      'after',
      helpEnd([], ['init dante', 'init . --entry server.js --path /chat', 'init . --module httpplatform']),
    )
    .action(run('init'));
}
