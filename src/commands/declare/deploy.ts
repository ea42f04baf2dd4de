import { type Command, Option } from 'commander';
import { most } from '../../most.js';
import { expected } from '../live-options.js';
import { collect, integer } from '../option-values.js';
import { helpEnd } from './help.js';
import { count, dryRun, json, machines, namedTarget, port, site, vdirPath } from './options.js';
import type { Runner } from './runner.js';

const help = helpEnd(
  [
    'A TypeScript app (a tsconfig.json, a build script, and an entry point that is built) is built first with its own build script, which checks its types; not with --no-build. --to FILE.bat builds on this machine as well.',
    'App Service (azure://) takes its credentials from the environment alone: AZURE_WEBAPP_PUBLISH_PROFILE (the publish profile: its file, or its content), or AZURE_WEBAPP_USER and AZURE_WEBAPP_PASSWORD, or AZURE_ACCESS_TOKEN. docs/azure.md has more.',
    'A name is a target where package.json has it: "iisnode-sock": { "targets": { "production": { "to": ["iis"], "releases": 5 } } }. Where a folder has the same name, --target says that the target is meant, and ./production the folder.',
  ],
  [
    'deploy dante',
    'deploy --to iis --path /chat --dry-run',
    'deploy dante --to ssh://administrator@web1/Default%20Web%20Site/dante',
    'deploy dante --to azure://my-app/staging',
    'deploy production',
  ],
);

/** Declares `deploy`. */
export function addDeploy(program: Command, run: Runner): void {
  const command = program.command('deploy');
  addServers(command);
  command
    .argument('[dir]', 'the app, or the name of a target in package.json', '.')
    .summary('deploy to IIS with appcmd, or to the embedded IIS where there is no IIS')
    .description(
      'Create the application pool and the application, unlock what web.config uses, start it, and check the live app.',
    )
    .addOption(site())
    .option('--new-site <name>', 'create a site for the app, which is at its root')
    .addOption(
      new Option(
        '--binding <url>',
        'binding of the new site: http://chat.example.com, https://chat.example.com:8443, http://*:8090; repeatable',
      ).argParser(collect),
    )
    .option(
      '--certificate <thumbprint>',
      "certificate of its https bindings, in the machine's store MY; embedded IIS: in the folder certificates of its state, by default a self-signed one",
    )
    .addOption(vdirPath('vdir path; by default the one in web.config'))
    .option('--force', "go past the doctor's errors; on IIS replace the root of a site, change the pool of others")
    .option('--pool <name>', 'application pool; by default named after the app')
    .addOption(port('; embedded IIS, or the new site, only'))
    .addOption(
      machines('machines that run the app behind a load balancer: deploy checks what that needs; 1 by default'),
    )
    .option('--check', 'only look whether the app can be deployed there: exit code 0 or 1; changes nothing')
    .addOption(dryRun('print the exact commands, change nothing'))
    .option('--install-iisnode <msi>', 'on IIS without iisnode: install it first, from this package')
    .option('--install-rewrite <msi>', 'on IIS without URL Rewrite: install it first, from this package')
    .option('--server-path <folder>', "with --to iis --dry-run on another machine: the app's folder on the server")
    .addOption(
      new Option(
        '--releases [n]',
        'serve a copy of the app, and keep n of them to roll back to; 5 by default',
      ).argParser(integer(1, most.releases)),
    )
    .option(
      '--releases-dir <dir>',
      'the folder for the copies; below inetpub, or in the state of the embedded IIS, by default',
    )
    .option('--in-place', "serve the app's own folder; so it is by default, until --releases is used");
  addAppService(command)
    .option('--no-build', 'do not build a TypeScript app first')
    .option('--no-verify', 'do not check the live app afterwards')
    .addOption(expected())
    .addOption(json())
    .addHelpText('after', help)
    .action(run('deploy'));
}

/** Where to: the servers. */
function addServers(command: Command): void {
  command
    .addOption(
      new Option(
        '--to <target>',
        'iis, iisexpress, embedded, ssh://user@host/Site%20Name/path, azure://app[/slot], FILE.bat, FILE.ps1, FILE.zip; iis where appcmd.exe is found, else embedded; repeatable: several servers',
      ).argParser(collect),
    )
    .addOption(namedTarget())
    .option('--list-targets', 'list the targets in package.json')
    .addOption(count('--parallel <n>', 'several servers: how many at the same time; 1 by default', most.machines))
    .option('--keep-going', 'several servers: a failure stops no other server, and what is done stays');
}

/** The options for App Service alone. */
const addAppService = (command: Command): Command =>
  command
    .option(
      '--install-on-server',
      'FILE.zip, azure://, ssh://: without node_modules, which the server then installs itself',
    )
    .addOption(
      new Option(
        '--time-limit <minutes>',
        'azure://: the most time for everything that is waited for; 30 by default',
      ).argParser(integer(1, most.minutes)),
    );
