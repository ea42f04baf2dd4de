import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { Interruption } from './commands/interruption.js';
import { exitCodes } from './exit-codes.js';
import { survivesClosedOutput } from './terminal/closed-output.js';
import { version } from './version.js';

/** The commands' own code is loaded only when one of them runs: `--help` stays as fast as Node itself. */
type CommandName = keyof typeof import('./commands/index.js')['commands'];

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** Names with commas between them; throws InvalidArgumentError when there is none. */
function list(value: string): readonly string[] {
  const names = value
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  if (names.length > 0) return names;
  throw new InvalidArgumentError('It must not be empty.');
}

function integer(min: number, max: number): (value: string) => number {
  return (value) => {
    if (/^\d+$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value);
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

const json = (): Option => new Option('--json', 'one JSON document on stdout, words for people on stderr');
const port = (further = ''): Option =>
  new Option('--port <n>', `TCP port; 0 means any free one${further}`).argParser(integer(0, 65_535));
const site = (): Option => new Option('--site <name>', 'the IIS site; "Default Web Site" by default');
const vdirPath = (text: string): Option => new Option('--path <path>', text);
const dryRun = (text: string): Option => new Option('--dry-run', text);

function addInit(program: Command, run: Runner): void {
  program
    .command('init')
    .argument('[dir]', 'where the app is or shall be', '.')
    .summary('scaffold the Dante streamer, or adopt the app that is there')
    .description('Scaffold a socket.io app that runs on IIS, or adopt the one that is already in the folder.')
    .option('--template <name>', 'the app to scaffold: dante|dante-faye|chat|minimal')
    .addOption(vdirPath('vdir path the app will have on the site: /dante, or / for the site itself'))
    .option('--entry <file>', 'entry point of the app to adopt')
    .addOption(new Option('--processes <n>', 'node processes iisnode starts').argParser(integer(1, 1024)))
    .addOption(new Option('--adapter <name>', 'how processes know of each other: none|redis|azure; none by default'))
    .addOption(
      new Option('--transports <list>', 'websocket,polling; websocket alone by default in a new app').argParser(list),
    )
    .option('--allow-eio3', 'let clients of socket.io 1 and 2 connect, too')
    .option('--typescript', 'a new app in TypeScript, built after npm install and by deploy')
    .option('--no-install', 'do not run npm install')
    .option('--force', 'write into a folder with other files; each replaced file is kept beside the new one')
    .option('--yes', 'ask nothing: what a question suggests is taken')
    .addOption(dryRun('say what would be written, write nothing'))
    .addOption(json())
    .addHelpText(
      'after',
      '\nExamples:\n  iisnode-sock init dante\n  iisnode-sock init . --entry server.js --path /chat',
    )
    .action(run('init'));
}

function addDeploy(program: Command, run: Runner): void {
  program
    .command('deploy')
    .argument('[dir]', 'the app', '.')
    .summary('put it on IIS through appcmd, or on the embedded IIS where there is none')
    .description(
      'Create application pool and application, unlock what web.config uses, start, and look at the live app.',
    )
    .option('--to <target>', 'iis|embedded|FILE.bat|FILE.ps1; iis where appcmd.exe is found, else embedded')
    .addOption(site())
    .addOption(vdirPath('vdir path; the one in web.config by default'))
    .option('--pool <name>', 'application pool; named after the app by default')
    .addOption(port('; embedded IIS only'))
    .addOption(machines('machines that share the app, behind a balancer: deploy says what that takes; 1 by default'))
    .addOption(dryRun('print the exact commands, run none that changes anything'))
    .option('--no-build', 'do not build a TypeScript app first')
    .option('--no-verify', 'do not look at the live app afterwards')
    .addOption(json())
    .addHelpText(
      'after',
      '\nA TypeScript app (a tsconfig.json, a build script, and an entry point that is built) is built first with its own tools,\nwhich check its types, unless --no-build says otherwise; --to FILE.bat builds here, too.\n\nExamples:\n  iisnode-sock deploy dante\n  iisnode-sock deploy --to iis --path /chat --dry-run',
    )
    .action(run('deploy'));
}

function addDoctor(program: Command, run: Runner): void {
  program
    .command('doctor')
    .argument('[what]', 'a directory, a web.config, or an http(s) URL', '.')
    .summary('say what is wrong, where, why, and fix it')
    .description('Judge an app, or probe a live one: what is wrong, in which file and line, why, and what to do.')
    .option('--fix', 'fix what a small edit can fix')
    .option('--strict', 'warnings make the answer no, too')
    .addOption(
      new Option('--format <format>', 'how to report').choices(['text', 'json', 'sarif', 'github']).default('text'),
    )
    .addOption(new Option('--only <rules>', 'judge by these rules only').argParser(list))
    .addOption(new Option('--skip <rules>', 'leave these rules out').argParser(list))
    .option('--explain <rule>', 'tell all about one rule')
    .addOption(vdirPath('vdir path the app has on the site; the one in web.config by default'))
    .addOption(machines('machines that share the app, behind a balancer; 1 by default'))
    .addOption(json())
    .addHelpText(
      'after',
      '\nExamples:\n  iisnode-sock doctor\n  iisnode-sock doctor ./chat --fix\n  iisnode-sock doctor --explain WEBSOCKET_MODULE_ENABLED',
    )
    .action(run('doctor'));
}

function addServe(program: Command, run: Runner): void {
  program
    .command('serve')
    .argument('[dir]', 'the app', '.')
    .summary('the embedded IIS in the foreground')
    .description('Serve the app the way IIS and iisnode would, obeying the same web.config, on any system.')
    .addOption(port('; 8080 by default, or the next one where deployed apps have that'))
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .addOption(vdirPath('vdir path; the one in web.config by default; / makes the folder the site itself'))
    .addOption(new Option('--app <vpath=dir>', 'one more application of the site; repeatable').argParser(collect))
    .option('--apphost <file>', 'an applicationHost.config to obey')
    .addHelpText(
      'after',
      '\nCtrl-C (SIGINT) or SIGTERM ends it, exit code 0.\n\nExamples:\n  iisnode-sock serve dante\n  iisnode-sock serve site --path / --app /chat=./chat',
    )
    .action(run('serve'));
}

function addTrace(program: Command, run: Runner): void {
  program
    .command('trace')
    .argument('<url>', 'http://localhost/dante/..., localhost/dante/..., a path only, or ws://... for a WebSocket')
    .summary('which rule, handler and script IIS would choose for a URL, and why')
    .description('The whole journey of a URL through the configuration, without running anything.')
    .option('--dir <dir>', 'the folder (default: ".")')
    .addOption(vdirPath('where the folder sits in the site; the vdir path in its web.config by default, else /'))
    .addOption(new Option('--app <vpath=dir>', 'one more application of the site; repeatable').argParser(collect))
    .option('--apphost <file>', 'an applicationHost.config to obey; --dir, --path and --app are not looked at then')
    .addOption(new Option('--method <verb>', 'request method').default('GET').argParser(String)) // the trace judges it
    .addOption(new Option('--header <header>', "'Name: value'; repeatable").argParser(collect))
    .addOption(json())
    .addHelpText(
      'after',
      "\nExit code 1: the answer would be an error.\n\nExamples:\n  iisnode-sock trace '/dante/socket.io/?EIO=4' --dir dante\n  iisnode-sock trace 'ws://localhost/dante/socket.io/?EIO=4&transport=websocket' --dir dante --json",
    )
    .action(run('trace'));
}

function decimal(min: number, max: number): (value: string) => number {
  return (value) => {
    if (/^(\d+(\.\d*)?|\.\d+)$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value);
    throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`);
  };
}

function count(flags: string, text: string, max: number): Option {
  return new Option(flags, text).argParser(integer(1, max));
}

const machines = (text: string): Option => count('--machines <n>', text, 10_000);

function addCapacity(program: Command, run: Runner): void {
  program
    .command('capacity')
    .summary('how many processes and machines so many viewers take, and the settings to write')
    .description(
      'From a number of viewers to processes, machines, and the exact settings of web.config and the server.',
    )
    .addOption(count('--viewers <n>', 'viewers connected at the same time', 10_000_000).makeOptionMandatory())
    .addOption(count('--processes <n>', 'node processes on each machine; worked out by default', 1024))
    .addOption(machines('machines that share the viewers; worked out by default'))
    .addOption(new Option('--transports <list>', 'websocket,polling; websocket by default').argParser(list))
    .addOption(
      new Option('--messages <n>', 'messages each viewer gets a second; 0.5 by default').argParser(decimal(0, 100_000)),
    )
    .addOption(count('--processors <n>', 'processors of a machine; 4 by default', 1024))
    .option('--pool <name>', 'application pool the commands shall name', 'POOL')
    .option('--dir <dir>', 'compare with what this app has now')
    .addOption(json())
    .addHelpText(
      'after',
      '\nExamples:\n  iisnode-sock capacity --viewers 5000\n  iisnode-sock capacity --viewers 50000 --machines 2 --dir dante',
    )
    .action(run('capacity'));
}

function addOthers(program: Command, run: Runner): void {
  program
    .command('undeploy')
    .argument('[dir]', 'the app (default, where no --path is given: ".")')
    .summary('remove the application and stop what deploy started')
    .description(
      "Remove the application and its pool from IIS or the embedded IIS, and stop what deploy started; the app's files stay.",
    )
    .option('--to <target>', 'iis|embedded')
    .option('--site <name>', 'the IIS site; the one it was deployed to by default')
    .addOption(vdirPath('vdir path; the one it was deployed to by default'))
    .addOption(json())
    .action(run('undeploy'));
  program
    .command('status')
    .summary('the embedded IIS: sites, applications, pools')
    .description('The embedded IIS in the background: whether it runs, and its sites, applications and pools.')
    .addOption(json())
    .action(run('status'));
  program
    .command('logs')
    .argument('[dir]', 'the app', '.')
    .summary("the app's iisnode logs")
    .description("What the app's node processes have written, process by process; ! marks stderr.")
    .option('--follow', 'go on as lines arrive')
    .addOption(new Option('--lines <n>', 'how many of the last lines').argParser(integer(0, 1_000_000)).default(100))
    .addOption(new Option('--json', 'one JSON document; with --follow one JSON document a line'))
    .addHelpText('after', '\nCtrl-C (SIGINT) or SIGTERM ends --follow, exit code 0.')
    .action(run('logs'));
  program
    .command('appcmd')
    .argument('[args...]', 'as on IIS: list site, add app /site.name:X /path:/y, ...')
    .summary("the embedded IIS's own appcmd; its exit codes are appcmd's own")
    .allowUnknownOption()
    .passThroughOptions()
    .action((words: readonly string[], options: object, command: Command) =>
      // Behind a word of appcmd's, too: appcmd itself has /? for its own help.
      words.includes('--help') ? command.help() : run('appcmd')(words, options, command),
    );
}

type Runner = (name: CommandName) => (...args: unknown[]) => Promise<void>;

/** `trace` is asked again and again while a rule is being corrected: its own file saves it the loader of ES modules (npm run bench). */
async function runnerOf(
  name: CommandName,
): Promise<(positionals: readonly unknown[], options: object, interruption: Interruption) => Promise<number>> {
  if (name === 'trace') return (await import('./commands/trace-alone.js')).runTrace;
  const { runCommand } = await import('./commands/index.js');
  return (...typed) => runCommand(name, ...typed);
}

/** The commander program; `run` makes the action of a command. */
export function buildProgram(run: Runner): Command {
  const program = new Command('iisnode-sock')
    .description(
      'From an empty folder to a socket.io app live on IIS in one minute, and a plain answer when it is not.',
    )
    .version(version)
    .option('--verbose', 'say more; stacks with errors')
    .option('--no-color', 'no colours')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText('after', () => {
      const rows = Object.values(exitCodes).map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`);
      return `\nExit codes:\n${rows.join('\n')}\nThose of appcmd are appcmd's own: 0, or the Win32 error it names.`;
    });
  for (const add of [addInit, addDeploy, addDoctor, addServe, addTrace, addCapacity, addOthers]) add(program, run);
  for (const command of program.commands) {
    command.exitOverride().option('--verbose', 'say more; stacks with errors').option('--no-color', 'no colours');
    refuseStrayValues(command);
  }
  return program;
}

/**
 * An empty value is most often a variable of a script that is not set: it must not stand for the current folder, or for nothing.
 * An option in a value's place is one whose own value was forgotten: `--pool --json` means two options.
 */
function refuseStrayValues({ options, registeredArguments }: Command): void {
  const notEmpty = (value: string): string => {
    if (value !== '') return value;
    throw new InvalidArgumentError('It must not be empty.');
  };
  for (const option of options.filter(({ required }) => required)) {
    const parse = option.parseArg ?? notEmpty;
    option.argParser((value: string, before: unknown) => {
      if (/^--[a-z]/.test(value)) throw new InvalidArgumentError('It is an option, and no value is before it.');
      return parse(value, before);
    });
  }
  for (const one of registeredArguments) if (!one.variadic) one.argParser(notEmpty);
}

/** What was set before or behind the command's name: `--no-color` and `--verbose` may stand at either place. */
function optionsOf(command: Command): object {
  const all = [command.opts(), command.parent?.opts() ?? {}];
  return {
    ...all[0],
    verbose: all.some(({ verbose }) => verbose === true),
    color: all.every(({ color }) => color !== false),
  };
}

/** Of what keeps output from being written: on stderr, in three lines as every failure; nothing more can be done. */
function outputFailed(error: Error): void {
  process.exitCode = exitCodes.refused.code;
  process.stderr.write(
    `error OUTPUT_FAILED  the output cannot be written\n  ${error.message}\n  next: make room, or send the output somewhere else\n`,
  );
}

/** Ends the process once its output is written: what was interrupted may have sockets and timers that nobody waits for. */
function leave(): void {
  const exit = (): void => process.exit();
  process.stdout.write('', () => process.stderr.write('', exit));
  setTimeout(exit, 500); // nobody reads the output
}

/** Says that we have a bug, for an error that nothing expected, and ends the process with 3. Never throws. */
export async function endWithBug(error: unknown): Promise<void> {
  process.exitCode = exitCodes.bug.code;
  try {
    const { reportBug } = await import('./commands/index.js');
    reportBug(error, process.argv.slice(2));
  } catch {
    // What reports it cannot be loaded either: then the stack is all there is.
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  }
  leave();
}

/**
 * Runs the command line; sets process.exitCode.
 *
 * @param interruption What the launcher's signal handlers call; without one no signal is listened for.
 */
export async function main(
  argv: readonly string[],
  interruption: Interruption = { came: false, act: () => {} },
): Promise<void> {
  // Until a command is at work a signal is noted only: the command then ends before it begins.
  interruption.act = () => {};
  survivesClosedOutput([process.stdout, process.stderr], outputFailed);
  const program = buildProgram((name) => async (...args) => {
    const runCommand = await runnerOf(name);
    const command = args.at(-1) as Command;
    const code = await runCommand(command.processedArgs, optionsOf(command), interruption);
    process.exitCode ||= code; // output that could not be written has spoken already
    if (code === exitCodes.interrupted.code) leave();
  });
  for (const each of [program, ...program.commands]) {
    each.configureOutput({ outputError: () => {}, writeErr: () => {} }); // said below, in our three lines
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
      program.outputHelp(); // nothing but --verbose or --no-color
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
