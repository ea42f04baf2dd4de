import { Command, CommanderError, Option } from 'commander';
import { addDeployed } from './commands/declare-deployed.js';
import type { Interruption } from './commands/interruption.js';
import { expected, originOption } from './commands/live-options.js';
import { collect, decimal, integer, list, refuseStrayValues } from './commands/option-values.js';
import { tooManyOpenFiles } from './errors.js';
import { exitCodes } from './exit-codes.js';
import { most } from './most.js';
import { survivesClosedOutput } from './terminal/closed-output.js';
import { iisnodeSock } from './typed-command.js';
import { version } from './version.js';

/** The code of a command is loaded only when it runs: `--help` stays as fast as Node itself. */
type CommandName = keyof typeof import('./commands/index.js')['commands'];

const json = (): Option => new Option('--json', 'one JSON document on stdout, human-readable output on stderr');
const port = (further = ''): Option =>
  new Option('--port <n>', `TCP port; 0 means any free port${further}`).argParser(integer(0, 65_535));
const site = (): Option => new Option('--site <name>', 'the IIS site; "Default Web Site" by default');
const vdirPath = (text: string): Option => new Option('--path <path>', text);
const dryRun = (text: string): Option => new Option('--dry-run', text);

function addInit(program: Command, run: Runner): void {
  program
    .command('init')
    .argument('[dir]', "the app's folder; created if it does not exist", '.')
    .summary('create the Dante streamer, or adopt an existing app')
    .description('Create a socket.io app that runs on IIS, or adopt the app that is already in the folder.')
    .option('--template <name>', 'the app to create: dante|dante-faye|chat|minimal')
    .addOption(vdirPath("the app's vdir path on the site: /dante, or / for the site's root"))
    .option('--entry <file>', 'entry point of the app to adopt')
    .option('--loader <when>', 'let iisnode-entry.cjs start an adopted app: auto|always|never; auto by default')
    .option(
      '--replace-handler',
      'let iisnode replace HttpPlatformHandler, a proxy rule, or a dead handler in web.config',
    )
    .addOption(new Option('--processes <n>', 'node processes iisnode starts').argParser(integer(1, most.processes)))
    .addOption(
      new Option(
        '--adapter <name>',
        'how messages reach the clients of other processes: none|redis|azure; none by default',
      ),
    )
    .addOption(
      new Option('--transports <list>', 'websocket,polling; websocket alone by default in a new app').argParser(list),
    )
    .addOption(new Option('--static <folders>', 'folders that IIS serves: public, /assets=dist').argParser(list))
    .option('--allow-eio3', 'also let clients of socket.io 1 and 2 connect')
    .option('--typescript', 'create the app in TypeScript; init builds it after npm install, deploy builds it again')
    .option('--no-install', 'do not run npm install')
    .option('--force', 'write into a folder with other files; a backup of each replaced file is kept')
    .option('--yes', 'do not ask: use the default answer of each question')
    .addOption(dryRun('show what would be written, write nothing'))
    .addOption(json())
    .addHelpText(
      'after',
      `\nExamples:\n  ${iisnodeSock} init dante\n  ${iisnodeSock} init . --entry server.js --path /chat`,
    )
    .action(run('init'));
}

function addDeploy(program: Command, run: Runner): void {
  program
    .command('deploy')
    .argument('[dir]', 'the app', '.')
    .summary('deploy to IIS with appcmd, or to the embedded IIS where there is no IIS')
    .description(
      'Create the application pool and the application, unlock what web.config uses, start it, and check the live app.',
    )
    .option('--to <target>', 'iis|embedded|FILE.bat|FILE.ps1|FILE.zip; iis where appcmd.exe is found, else embedded')
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
    .option('--in-place', "serve the app's own folder; so it is by default, until --releases is used")
    .option('--install-on-server', 'FILE.zip: without node_modules, which App Service then installs itself')
    .option('--no-build', 'do not build a TypeScript app first')
    .option('--no-verify', 'do not check the live app afterwards')
    .addOption(expected())
    .addOption(json())
    .addHelpText(
      'after',
      `\nA TypeScript app (a tsconfig.json, a build script, and an entry point that is built) is built first with its own build\nscript, which checks its types; not with --no-build. --to FILE.bat builds on this machine as well.\n\nExamples:\n  ${iisnodeSock} deploy dante\n  ${iisnodeSock} deploy --to iis --path /chat --dry-run`,
    )
    .action(run('deploy'));
}

function addDoctor(program: Command, run: Runner): void {
  program
    .command('doctor')
    .argument('[what]', 'a directory, a web.config, or an http(s) URL (default: ".")')
    .summary('find what is wrong, where and why, and fix it')
    .description('Check an app, or test a live one: what is wrong, in which file and line, why, and what to do.')
    .option('--fix', 'make the small edits that fix it')
    .option('--unfix', 'give the files that --fix changed their former content again')
    .addOption(dryRun('with --fix: show the differences and change nothing'))
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
    .option('--no-server', 'do not look at IIS of this machine')
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
      `\nIn a folder without an app, --seen, --har or --logs alone names the causes and what distinguishes them.\n\nExamples:\n  ${iisnodeSock} doctor\n  ${iisnodeSock} doctor ./chat --fix\n  ${iisnodeSock} doctor --seen "HTTP Error 500.1002"\n  ${iisnodeSock} logs | ${iisnodeSock} doctor --seen -\n  ${iisnodeSock} doctor --explain WEBSOCKET_MODULE_ENABLED`,
    )
    .action(run('doctor'));
}

const siteApp = (text: string): Option => new Option('--app <vpath=dir>', text).argParser(collect);

function addServe(program: Command, run: Runner): void {
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
    .option('--https', 'serve https, with a self-signed certificate')
    .addHelpText(
      'after',
      `\nCtrl-C (SIGINT) or SIGTERM stops it, exit code 0.\n\nExamples:\n  ${iisnodeSock} serve dante\n  ${iisnodeSock} serve site --path / --app /chat=./chat`,
    )
    .action(run('serve'));
}

function addTrace(program: Command, run: Runner): void {
  program
    .command('trace')
    .argument('<url>', 'http://localhost/dante/..., localhost/dante/..., a path only, or ws://... for a WebSocket')
    .summary('which rule, handler and script IIS chooses for a URL, and why')
    .description('Every step of a URL through the configuration. Nothing is run.')
    .option('--dir <dir>', 'the folder (default: ".")')
    .addOption(vdirPath("the folder's vdir path; by default the one in its web.config, else the folder's name"))
    .addOption(siteApp('another application of the site; repeatable'))
    .option('--apphost <file>', 'an applicationHost.config to use, in place of --dir, --path and --app')
    .addOption(new Option('--method <verb>', 'request method').default('GET').argParser(String)) // trace checks it
    .addOption(new Option('--header <header>', "'Name: value'; repeatable").argParser(collect))
    .addOption(json())
    .addHelpText(
      'after',
      `\nExit code 1: the answer would be an error.\n\nExamples:\n  ${iisnodeSock} trace '/dante/socket.io/?EIO=4' --dir dante\n  ${iisnodeSock} trace 'ws://localhost/dante/socket.io/?EIO=4&transport=websocket' --dir dante --json`,
    )
    .action(run('trace'));
}

function count(flags: string, text: string, max: number): Option {
  return new Option(flags, text).argParser(integer(1, max));
}

const machines = (text: string): Option => count('--machines <n>', text, most.machines);

function addCapacity(program: Command, run: Runner): void {
  program
    .command('capacity')
    .summary('how many processes and machines a number of viewers needs, and which settings')
    .description(
      'For a number of viewers: the processes, the machines, and the exact settings of web.config and the server.',
    )
    .addOption(count('--viewers <n>', 'viewers connected at the same time', most.viewers).makeOptionMandatory())
    .addOption(count('--processes <n>', 'node processes on each machine; calculated by default', most.processes))
    .addOption(machines('machines that share the viewers; calculated by default'))
    .addOption(new Option('--transports <list>', 'websocket,polling; websocket by default').argParser(list))
    .addOption(
      new Option('--messages <n>', 'messages per viewer and second; 0.5 by default').argParser(
        decimal(0, most.messages),
      ),
    )
    .addOption(count('--processors <n>', 'processors of a machine; 4 by default', most.processors))
    .option('--pool <name>', 'name of the application pool in the commands', 'POOL')
    .option('--dir <dir>', 'compare with what this app has now')
    .addOption(json())
    .addHelpText(
      'after',
      `\nExamples:\n  ${iisnodeSock} capacity --viewers 5000\n  ${iisnodeSock} capacity --viewers 50000 --machines 2 --dir dante`,
    )
    .action(run('capacity'));
}

function addOthers(program: Command, run: Runner): void {
  program
    .command('logs')
    .argument('[dir]', 'the app', '.')
    .summary("the app's iisnode logs")
    .description("The output of the app's node processes, process by process; ! marks stderr.")
    .option('--follow', 'keep printing new lines')
    .addOption(new Option('--lines <n>', 'number of lines from the end').argParser(integer(0, 1_000_000)).default(100))
    .addOption(new Option('--json', 'one JSON document; with --follow one JSON document per line'))
    .addHelpText('after', '\nCtrl-C (SIGINT) or SIGTERM stops --follow, exit code 0.')
    .action(run('logs'));
  program
    .command('appcmd')
    .argument('[args...]', 'as on IIS: list site, add app /site.name:X /path:/y, ...')
    .summary("the embedded IIS's own appcmd; its exit codes are appcmd's own")
    .allowUnknownOption()
    .passThroughOptions()
    .action((words: readonly string[], options: object, command: Command) =>
      // Also after an argument of appcmd: appcmd itself has /? for its own help.
      words.includes('--help') ? command.help() : run('appcmd')(words, options, command),
    );
}

/** That of the running command's own file: until another file is loaded the command would go on, and print. */
let bugReporter: ((error: unknown, words: readonly string[]) => number) | undefined;

type Runner = (name: CommandName) => (...args: unknown[]) => Promise<void>;

/** `trace` and `doctor` run many times while something is being corrected: files of their own save loading ES modules (npm run bench). */
async function runnerOf(
  name: CommandName,
): Promise<(positionals: readonly unknown[], options: object, interruption: Interruption) => Promise<number>> {
  const alone =
    (name === 'trace' && (await import('./commands/trace-alone.js'))) ||
    (name === 'doctor' && (await import('./commands/doctor-alone.js')));
  if (alone) {
    bugReporter = alone.reportBug;
    return alone.runAlone;
  }
  const { runCommand } = await import('./commands/index.js');
  return (...typed) => runCommand(name, ...typed);
}

/** The commander program; `run` makes the action of a command. */
export function buildProgram(run: Runner): Command {
  const program = new Command('iisnode-sock')
    .description(
      'From an empty folder to a socket.io app live on IIS in one minute, and clear errors when something is wrong.',
    )
    .version(version)
    .option('--verbose', 'print more; errors with stack traces')
    .option('--no-color', 'no colours')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText('after', () => {
      const rows = Object.values(exitCodes).map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`);
      return `\nExit codes:\n${rows.join('\n')}\nThe command appcmd has appcmd's own exit codes: 0, or a Win32 error.`;
    });
  for (const add of [addInit, addDeploy, addDoctor, addServe, addTrace, addCapacity, addDeployed, addOthers])
    add(program, run);
  for (const command of program.commands) {
    command
      .exitOverride()
      .option('--verbose', 'print more; errors with stack traces')
      .option('--no-color', 'no colours');
    refuseStrayValues(command);
  }
  return program;
}

/** The options before and after the command's name: `--no-color` and `--verbose` may be in either place. */
function optionsOf(command: Command): object {
  const all = [command.opts(), command.parent?.opts() ?? {}];
  return {
    ...all[0],
    verbose: all.some(({ verbose }) => verbose === true),
    color: all.every(({ color }) => color !== false),
  };
}

/** Reports on stderr, in three lines as every error, that stdout cannot be written. */
function outputFailed(error: Error): void {
  process.exitCode = exitCodes.refused.code;
  process.stderr.write(
    `error OUTPUT_FAILED  the output cannot be written\n  ${error.message}\n  next: free disk space, or redirect the output to another place\n`,
  );
}

/** Ends the process once its output is written: an interrupted command may leave sockets and timers open. */
function exitWhenWritten(): void {
  const exit = (): void => process.exit();
  process.stdout.write('', () => process.stderr.write('', exit));
  setTimeout(exit, 500); // in case the output is never read
}

/** Reports an unexpected error as a bug of ours (3), or as too many open files (1), and ends the process. Never throws. */
export async function endWithBug(error: unknown): Promise<void> {
  process.exitCode = exitCodes.bug.code;
  try {
    const reportBug = bugReporter ?? (await import('./commands/index.js')).reportBug;
    process.exitCode = reportBug(error, process.argv.slice(2));
  } catch {
    // The reporting code cannot be loaded either.
    const known = tooManyOpenFiles(error);
    process.exitCode = known?.exitCode ?? exitCodes.bug.code;
    const stack = error instanceof Error ? error.stack : String(error);
    const text = known ? `error ${known.code}  ${known.what}\n  ${known.why}\n  next: ${known.next}` : stack;
    process.stderr.write(`${text}\n`);
  }
  exitWhenWritten();
}

/**
 * Runs the command line; sets process.exitCode.
 *
 * @param interruption Called by the launcher's signal handlers; without it signals are not handled.
 */
export async function main(
  argv: readonly string[],
  interruption: Interruption = { came: false, act: () => {} },
): Promise<void> {
  // Until a command runs, a signal is only recorded: the command then ends before it begins.
  interruption.act = () => {};
  survivesClosedOutput([process.stdout, process.stderr], outputFailed);
  const program = buildProgram((name) => async (...args) => {
    const runCommand = await runnerOf(name);
    const command = args.at(-1) as Command;
    const code = await runCommand(command.processedArgs, optionsOf(command), interruption);
    process.exitCode ||= code; // a failed write of the output has set it already
    if (code === exitCodes.interrupted.code) exitWhenWritten();
  });
  for (const each of [program, ...program.commands]) {
    each.configureOutput({ outputError: () => {}, writeErr: () => {} }); // printed below, in our three lines
  }
  if (argv.length <= 2) {
    program.outputHelp();
    return;
  }
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return; // --help, --version
    const words = argv.slice(2);
    const fault = error.code === 'commander.help' ? unknownTopic(words) : error;
    if (fault === undefined) {
      program.outputHelp(); // only --verbose or --no-color
      return;
    }
    const { reportUsage } = await import('./commands/index.js');
    process.exitCode = reportUsage(fault, words);
  }
}

/** `help nosuch`; undefined when no command is named at all. */
function unknownTopic(words: readonly string[]): { readonly code: string; readonly message: string } | undefined {
  const [, name] = words.filter((word) => !word.startsWith('-'));
  return name === undefined
    ? undefined
    : { code: 'commander.unknownCommand', message: `error: unknown command '${name}'` };
}
