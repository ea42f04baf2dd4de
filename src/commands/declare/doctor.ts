import { type Command, Option } from 'commander';
import { expected, originOption } from '../live-options.js';
import { collect, list } from '../option-values.js';
import { helpEnd } from './help.js';
import { dryRun, json, machines, namedTarget, siteApp, vdirPath } from './options.js';
import type { Runner } from './runner.js';

/** Declares `doctor`. */
export function addDoctor(program: Command, run: Runner): void {
  program
    .command('doctor')
    .argument('[what]', 'a directory, a web.config, an http(s) URL, or a target in package.json (default: ".")')
    .summary('find what is wrong, where and why, and fix it')
    .description('Check an app, or test a live one: what is wrong, in which file and line, why, and what to do.')
    .option('--fix', 'make the small edits that fix it')
    .option('--unfix', 'give the files that --fix changed their former content again')
    .addOption(dryRun('with --fix: show the differences; with --unfix: the files; change nothing'))
    .option('--no-run', 'do not start the app to see what happens')
    .option('--strict', 'exit code 1 for warnings as well')
    .addOption(
      new Option('--format <format>', 'format of the report')
        .choices(['text', 'json', 'sarif', 'github'])
        .default('text'),
    )
    .addOption(new Option('--only <rules>', 'check these rules only').argParser(list))
    .addOption(new Option('--skip <rules>', 'do not check these rules').argParser(list))
    .option('--list', 'list all rules, with severity and title')
    .option('--explain <rule>', 'explain one rule')
    .addOption(vdirPath("the app's vdir path on the site; by default the one in web.config"))
    .addOption(machines('machines that run the app behind a load balancer; 1 by default'))
    .option('--url <url>', 'where the app of the folder is live: look there as well, and join both')
    .option('--site-root <dir>', "the folder of the site's root: what its web.config sets is inherited")
    .addOption(siteApp('another application of the site, or where the app itself is; repeatable'))
    .option('--apphost <file>', "a copy of the server's applicationHost.config")
    .option('--iisnode-version <version>', 'version of iisnode on the server')
    .option('--server [where]', 'look at a server, too: ssh://user@host/Site%20Name/path, or a target in package.json')
    .option('--no-server', 'do not look at IIS of this machine')
    .addOption(namedTarget())
    .addOption(expected())
    .addOption(originOption())
    .addOption(
      new Option(
        '--seen <text|file>',
        'what you have seen: an error text, a saved error page, a browser console, an event log; - reads standard input; repeatable',
      ).argParser(collect),
    )
    .option('--har <file>', 'a recording of the browser (network tab, "Save all as HAR")')
    .option('--logs <dir>', 'logs of iisnode; those of an examined app are found where its logDirectory says')
    .addOption(json())
    .addHelpText(
      'after',
      helpEnd(
        ['In a folder without an app, --seen, --har or --logs alone names the causes and what distinguishes them.'],
        [
          'doctor',
          'doctor ./chat --fix',
          'doctor --seen "HTTP Error 500.1002"',
          'logs | npx iisnode-sock doctor --seen -',
          'doctor --server ssh://administrator@web1/Default%20Web%20Site/dante',
          'doctor --explain WEBSOCKET_MODULE_ENABLED',
        ],
      ),
    )
    .action(run('doctor'));
}
