import { type Command, Option } from 'commander';
import { most } from '../../most.js';
import { helpEnd } from './help.js';
import { count, keys, port, siteApp, vdirPath } from './options.js';
import type { Runner } from './runner.js';

/** Declares `serve`. */
export function addServe(program: Command, run: Runner): void {
  program
    .command('serve')
    .argument('[dir]', 'the app', '.')
    .summary('the embedded IIS in the foreground')
    .description('Serve the app as IIS and iisnode do, with the same web.config, on any system.')
    .addOption(port('; 8080 by default, or the next free one where deployed apps use 8080'))
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .addOption(vdirPath("vdir path; by default the one in web.config; / makes the folder the site's root"))
    .addOption(siteApp('another application of the site; repeatable'))
    .option('--apphost <file>', 'an applicationHost.config to use')
    .addOption(
      new Option(
        '--log <form>',
        'requests, sockets and the output of the app: text on stderr, json on stdout, none; text by default on a terminal',
      ).choices(['text', 'json', 'none']),
    )
    .option('--quiet', 'no line for each request')
    .option(
      '--inspect',
      'a live page at an address of its own: requests with their way, sockets, processes, logs, settings',
    )
    .option('--https', 'serve https, with a self-signed certificate')
    .addOption(
      count(
        '--time-scale <n>',
        "n times as fast: the pool's idle time-out and periodic restart (1740: 29 hours in a minute), those of IIS where no --apphost has others",
        most.timeScale,
      ),
    )
    .option('--open', 'open the app in the browser; not in CI')
    .option('--watch', 'recycle at once when a program of the app changes; iisnode waits for the next request')
    .addHelpText(
      'after',
      helpEnd(
        [
          'Ctrl-C (SIGINT) or SIGTERM stops it, exit code 0: requests may end for 2 s, sockets are closed; a second one stops at once.',
          `Keys on a terminal: ${keys}, h help.`,
        ],
        ['serve dante', 'serve dante --open --watch', 'serve site --path / --app /chat=./chat'],
      ),
    )
    .action(run('serve'));
}
