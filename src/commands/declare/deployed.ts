import { type Command, Option } from 'commander';
import { expected } from '../live-options.js';
import { helpEnd } from './help.js';
import { dryRun, json, namedTarget } from './options.js';
import type { Runner } from './runner.js';

/** The options that name a deployment. */
const target = (): Option =>
  new Option('--to <target>', 'iis, iisexpress, embedded, ssh://user@host/Site%20Name/path, azure://app[/slot]');
const site = (): Option => new Option('--site <name>', 'the IIS site; by default the one it was deployed to');
const vdirPath = (): Option => new Option('--path <path>', 'vdir path; by default the one it was deployed to');

/** Declares the commands for what is deployed. */
export function addDeployed(program: Command, run: Runner): void {
  addUndeploy(program, run);
  addReleases(program, run);
  program
    .command('status')
    .argument('[target]', 'a target in package.json, or the folder of an app of this machine')
    .summary('the embedded IIS, a server, or an app of App Service: sites, applications, pools')
    .description(
      'Every serve in the foreground, and the embedded IIS in the background: whether it runs, its sites, applications and pools, and the processes of the apps. Of a server: what deploy has deployed there. Of App Service: its deployments. Of a target: each of its servers.',
    )
    .addOption(new Option('--to <target>', 'ssh://user@host, azure://app[/slot]; the embedded IIS by default'))
    .addOption(namedTarget())
    .option('--watch', 'look every 2 s until Ctrl-C; with --json one document a line')
    .addOption(json())
    .addHelpText(
      'after',
      helpEnd([], ['status', 'status dante --watch', 'status production', 'status --to ssh://administrator@web1']),
    )
    .action(run('status'));
}

function addUndeploy(program: Command, run: Runner): void {
  program
    .command('undeploy')
    .argument('[dir]', 'the app, or a target in package.json (default without --path: ".")')
    .summary('remove the application and stop what deploy started')
    .description(
      "Remove the application and its pool from IIS or the embedded IIS, and stop what deploy started; the app's files stay.",
    )
    .addOption(target())
    .addOption(namedTarget())
    .addOption(site())
    .addOption(vdirPath())
    .addOption(dryRun('print the exact commands, change nothing'))
    .addOption(json())
    .addHelpText(
      'after',
      helpEnd([], ['undeploy dante', 'undeploy dante --dry-run', 'undeploy --path /chat --site "Default Web Site"']),
    )
    .action(run('undeploy'));
}

/** Declares `rollback` and `releases`. */
function addReleases(program: Command, run: Runner): void {
  program
    .command('rollback')
    .argument('[target]', 'a target in package.json')
    .argument('[release]', 'the release, its beginning, or its hash (default: the one before the live one)')
    .summary('make a kept release live again')
    .description('Make a kept release of an app live again, and check the live app; a failure is rolled back.')
    .addOption(new Option('--dir <dir>', 'the app (default without --path: ".")'))
    .addOption(target())
    .addOption(namedTarget())
    .addOption(site())
    .addOption(vdirPath())
    .addOption(dryRun('print the exact commands, change nothing'))
    .option('--no-verify', 'do not check the live app afterwards')
    .addOption(expected())
    .addOption(json())
    .addHelpText('after', helpEnd([], ['rollback', 'rollback 20261129-071500 --dir dante', 'rollback production']))
    .action(run('rollback'));
  program
    .command('releases')
    .argument('[dir]', 'the app, or a target in package.json (default without --path: ".")')
    .summary('the kept releases of an app')
    .description(
      'The kept releases of an app, newest first: which is live, when it was deployed, by whom, with which outcome.',
    )
    .addOption(target())
    .addOption(namedTarget())
    .addOption(site())
    .addOption(vdirPath())
    .addOption(json())
    .addHelpText('after', helpEnd([], ['releases dante', 'releases production --json']))
    .action(run('releases'));
}
