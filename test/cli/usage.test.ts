import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/exit-codes.js';
import { cli, launcher, root, temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';
import { commandNames } from '../support/command-names.js';

let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
});
afterAll(() => remove());

const run = (...args: string[]) =>
  cliHere(args, { cwd: folder, environment: { IISNODE_SOCK_HOME: path.join(folder, 'iis') } });
/** error CODE  what / why / next */
const threeLines = /^error [A-Z_]+ {2}\S.*\n {2}\S.*\n {2}next: \S.*\n$/;

/** The program's own help, and each command's. */
const helps = ['', ...commandNames];

describe('the command line', () => {
  it('prints the help, with every command, for --help and for nothing at all', async () => {
    const help = await run('--help');
    expect(help.code).toBe(0);
    for (const name of commandNames) {
      expect(help.stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    }
    expect(await run()).toEqual(help);
    expect(await cli([], { cwd: folder })).toEqual(help);
  });

  it.each(commandNames)('%s: has a help of its own, by --help, -h and help, with exit code 0', async (name) => {
    const help = await run(name, '--help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain(`Usage: iisnode-sock ${name}`);
    expect(await run(name, '-h')).toEqual(help);
    expect(await run('help', name)).toEqual(help);
  });

  it('of a command that is misspelt names the one that is meant', async () => {
    const { code, stderr } = await run('help', 'srve');
    expect(code).toBe(2);
    expect(stderr).toContain("unknown command 'srve'\n  Did you mean serve?\n  next: npx iisnode-sock help serve\n");
  });

  it.each(helps)('%s --help --json gives one JSON document on stdout and the text on stderr', async (name) => {
    const words = name === '' ? [] : [name];
    const text = (await run(...words, '--help')).stdout;
    const { code, stdout, stderr } = await run(...words, '--help', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: text });
    const { version, help } = JSON.parse(stdout) as { version: number; help: Record<string, unknown> };
    expect({ version, text: help.text }).toEqual({ version: 1, text });
    expect(help.command).toBe(['iisnode-sock', ...words].join(' '));
    expect(Object.keys(help)).toEqual(['command', 'summary', 'arguments', 'options', 'commands', 'text']);
    for (const { flags } of help.options as { flags: string }[]) expect(text).toContain(flags);
    const named = (help.commands as { name: string }[]).map((each) => each.name);
    expect(named).toEqual(name === '' ? expect.arrayContaining([...commandNames]) : []);
  });

  it.each([
    [['doctor', '--json', '--help']],
    [['doctor', '-h', '--json']],
    [['help', 'doctor', '--json']],
    [['doctor', 'nowhere', '--bogus', '--json', '--help']],
    [['doctor', '--help', '--format', 'json']],
    [['doctor', '--format=json', '--help']],
  ])('%j: the document is the same wherever the words are', async (words) => {
    const { code, stdout } = await run(...words);
    expect({ code, stdout }).toEqual({ code: 0, stdout: (await run('doctor', '--help', '--json')).stdout });
  });

  it('the document of a help names choices, defaults and what an argument may be', async () => {
    const { help } = JSON.parse((await run('doctor', '--help', '--json')).stdout);
    expect(help.arguments).toEqual([
      { name: 'what', required: false, repeatable: false, description: expect.any(String) },
    ]);
    expect(help.options).toContainEqual({
      flags: '--format <format>',
      description: 'format of the report',
      choices: ['text', 'json', 'sarif', 'github'],
      default: 'text',
    });
    expect(help.options).toContainEqual({ flags: '--fix', description: expect.any(String) });
  });

  it('--help with another --format leaves stdout to that form: a SARIF run without results, no annotation', async () => {
    const text = (await run('doctor', '--help')).stdout;
    const sarif = await run('doctor', '--help', '--format', 'sarif');
    expect(sarif).toMatchObject({ code: 0, stderr: text });
    const [first] = (JSON.parse(sarif.stdout) as { runs: { invocations: object[]; results?: unknown }[] }).runs;
    expect(first?.results).toBeUndefined();
    expect(first?.invocations).toMatchObject([{ executionSuccessful: false, exitCode: 0 }]);
    expect(await run('doctor', '--help', '--format', 'github')).toEqual({ code: 0, stdout: '', stderr: text });
    expect(await run('doctor', '--help', '--format', 'text')).toEqual({ code: 0, stdout: text, stderr: '' });
  });

  it('--version --json gives a document with the version', async () => {
    const { stdout: text } = await run('--version');
    for (const words of [
      ['--version', '--json'],
      ['--json', '-v'],
    ]) {
      const { code, stdout, stderr } = await run(...words);
      expect({ code, stderr }).toEqual({ code: 0, stderr: text });
      expect(JSON.parse(stdout)).toEqual({ version: 1, program: { name: 'iisnode-sock', version: text.trim() } });
    }
  });

  it("passes --help to appcmd after appcmd's own arguments", async () => {
    expect(await run('appcmd', 'list', 'site', '--help')).toEqual(await run('appcmd', '--help'));
  });

  it('prints the help when only --verbose or --no-color is given', async () => {
    expect(await run('--verbose')).toEqual(await run('--help'));
    expect(await run('--no-color')).toEqual(await run());
  });

  it('prints the one table of exit codes in the help', async () => {
    const { stdout } = await run('--help');
    for (const { code, meaning } of Object.values(exitCodes)) {
      expect(stdout).toMatch(new RegExp(`^ +${code} {2}${meaning.replace(/[()]/g, '\\$&')}$`, 'm'));
    }
    expect(Object.values(exitCodes).map(({ code }) => code)).toEqual([0, 1, 2, 3, 4, 5, 130]);
  });

  it('prints the version of package.json', async () => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
    for (const flag of ['--version', '-v'])
      expect(await run(flag)).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([
    ['an unknown command', ['inti']],
    ['an unknown flag', ['deploy', '--tot', 'iis']],
    ['an unknown flag of another command', ['doctor', '--port', '80']],
    ['a port that is no number', ['serve', '--port', 'eighty']],
    ['a port out of range', ['serve', '--port', '65536']],
    ['no processes at all', ['init', '--processes', '0']],
    ['an unknown report format', ['doctor', '--format', 'yaml']],
    ['an unknown adapter', ['init', '--adapter', 'rabbit']],
    ['too many arguments', ['init', 'a', 'b']],
    ['a missing argument', ['trace']],
    ['an empty folder', ['deploy', '']],
    ['an empty argument', ['init', '', '--no-install']],
    ['an empty URL', ['trace', '']],
    ['an empty address', ['serve', '.', '--host', '']],
    ['an empty --dir', ['trace', '/', '--dir', '']],
    ['an empty --pool', ['capacity', '--viewers', '1', '--pool', '']],
    ['an empty --site', ['undeploy', '.', '--site', '']],
    ['an empty list of rules', ['doctor', '--only', '']],
    ['a list of nothing', ['doctor', '--skip', ' , ']],
    ['a URL that is none', ['trace', 'http://[bad']],
    ['a URL with a port that is none', ['trace', 'http://x:1y/']],
    ['help about nothing there is', ['help', 'nosuch']],
    ['a value with line ends', ['serve', '--port', '80\r\n\u2028x']],
    ['a malformed header', ['trace', '/', '--header', 'nonsense']],
    ['a malformed --app', ['serve', '--app', 'nonsense']],
    ['a folder that is not there', ['serve', 'nowhere']],
    ['an unknown rule', ['doctor', '--explain', 'WEBSOCKET_MODULE']],
    ['an unknown rule to leave out', ['doctor', '--skip', 'NO_SUCH_RULE']],
    ['a template that is not there', ['init', 'new', '--template', 'virgil', '--no-install']],
    ['a vdir path without a slash', ['init', 'new', '--path', 'dante', '--no-install']],
  ])('refuses %s with exit code 2 and three lines, and changes nothing', async (_what, args) => {
    const before = await readdir(folder);
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(threeLines);
    expect(await readdir(folder)).toEqual(before);
  });

  it.each([[['inti']], [['doctor', 'nowhere', '--json']]])(
    '%j is refused alike in a process of its own',
    async (args) => {
      expect(await cli(args, { cwd: folder })).toEqual(await run(...args));
    },
  );

  it('suggests the command that was meant', async () => {
    const { stderr } = await run('depoly');
    expect(stderr).toContain('deploy');
  });

  it('with --json writes one JSON document to stdout on failure too, and text to stderr', async () => {
    const { code, stdout, stderr } = await run('deploy', 'nowhere', '--to', 'embedded', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: expect.stringMatching(/^[A-Z_]+$/), next: expect.any(String) },
    });
    expect(stderr).toMatch(threeLines);
  });

  it.each([
    [['doctor', 'nowhere', '--json']],
    [['doctor', 'nowhere', '--format', 'json']],
    [['deploy', 'nowhere', '--to', 'embedded', '--json']],
    [['logs', 'nowhere', '--json']],
    [['trace', '/', '--dir', 'nowhere', '--json']],
    [['trace', '--json']],
    [['bogus', '--json']],
    [['init', '--adapter', 'rabbit', '--json']],
    [['init', '--json', '--bogus']],
    [['--bogus', 'status', '--json']],
    [['--json', 'status']],
    [['status', 'x', '--json']],
    [['help', 'nosuch', '--json']],
    [['undeploy', '--json', '--to', 'nope']],
    [['capacity', '--json']],
    [['capacity', '--viewers', 'x', '--json']],
    [['logs', '', '--json', '--follow']],
    [['deploy', '--dry-run', '--pool', '--json']],
    [['doctor', '--only', '--json']],
    [['trace', '/', '--header', '--json']],
    [['serve', '--app', '--json']],
    [['doctor', '--format', 'json', '--bogus']],
    [['doctor', '--bogus', '--format=json']],
    [['doctor', '--format', 'text', '--format', 'json', '--port', '1']],
    [['doctor', '--format', 'sarif', '--json', '--bogus']],
    [['doctor', '--explain', 'NOPE', '--format', 'json']],
    [['serve', '--json']],
  ])('%j fails with an error document of the one shape', async (args) => {
    const { code, stdout } = await run(...args);
    expect(code).toBe(2);
    const { error, ...rest } = JSON.parse(stdout) as { error: object };
    expect(rest).toEqual({ version: 1 });
    expect(Object.keys(error)).toEqual(['code', 'what', 'why', 'next']);
  });

  it.each([
    [['--bogus']],
    [['nowhere']],
    [['--explain', 'MALFORMED_XML']],
    [['http://[bad']],
    [['--only', 'NOPE']],
    [['--port', '80']],
    [['ftp://host/']],
    [['--unfix']],
    [['--list']],
  ])('doctor %j fails in the form that --format asks for', async (args) => {
    const sarif = await run('doctor', ...args, '--format', 'sarif');
    expect(JSON.parse(sarif.stdout)).toMatchObject({
      version: '2.1.0',
      runs: [{ invocations: [{ executionSuccessful: false, exitCode: 2 }] }],
    });
    expect(sarif.stderr).toMatch(threeLines);
    const github = await run('doctor', '--format=github', ...args);
    expect(github.stdout).toMatch(/^::error title=[A-Z_]+::\S.*\n$/);
    expect([sarif.code, github.code]).toEqual([2, 2]);
  });

  it('--format json after -- is no option, and stdout stays empty', async () => {
    expect(await run('doctor', '--bogus', '--', '--json')).toMatchObject({ code: 2, stdout: '' });
  });

  it.each([
    ['status', ['status', '--json']],
    ['undeploy', ['undeploy', '.', '--to', 'embedded', '--json']],
    ['doctor --explain', ['doctor', '--explain', 'MALFORMED_XML', '--json']],
    ['doctor --explain', ['doctor', '--explain', 'MALFORMED_XML', '--format', 'json']],
    ['doctor --unfix', ['doctor', '.', '--unfix', '--format', 'json']],
    ['doctor --unfix', ['doctor', '.', '--unfix', '--json']],
    ['doctor --list', ['doctor', '--list', '--format', 'json']],
    ['capacity', ['capacity', '--viewers', '10', '--json']],
    ['trace', ['trace', '/', '--json']],
  ])('%s says the version of its document: %j', async (_what, args) => {
    expect(JSON.parse((await run(...args)).stdout)).toMatchObject({ version: 1 });
  });

  it('init --json says which version of its document this is', async () => {
    const { stdout } = await run('init', 'versioned', '--dry-run', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, kind: 'scaffolded', dryRun: true });
  });

  it('shows a stack only with --verbose', async () => {
    expect((await run('deploy', 'nowhere', '--to', 'embedded')).stderr).not.toMatch(/^\s+at /m);
    expect((await run('deploy', 'nowhere', '--to', 'embedded', '--verbose')).stderr).toMatch(/^\s+at /m);
  });

  it('ends with 4 and names the flag when a question is needed and there is no terminal', async () => {
    const app = path.join(folder, 'doubtful');
    await mkdir(app);
    await writeFile(path.join(app, 'package.json'), '{ "name": "doubtful" }');
    await writeFile(path.join(app, 'server.js'), "require('http').createServer().listen(process.env.PORT);\n");
    await writeFile(path.join(app, 'app.js'), "require('http').createServer().listen(process.env.PORT);\n");
    const { code, stderr } = await run('init', app);
    expect(code, stderr).toBe(4);
    expect(stderr).toContain('--entry');
    expect((await readdir(app)).sort()).toEqual(['app.js', 'package.json', 'server.js']);
  });

  it('colours nothing in a pipe, everything with FORCE_COLOR, nothing with NO_COLOR', async () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is what is looked for
    const escapes = /\u001B\[/;
    const colours = async (environment: Record<string, string>) =>
      escapes.test((await cliHere(['doctor', 'nowhere'], { cwd: folder, environment })).stderr);
    expect(await colours({})).toBe(false);
    expect(await colours({ FORCE_COLOR: '1' })).toBe(true);
    expect(await colours({ FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
  });
});

describe('what is wrong with a command line', () => {
  it.each([
    [['depoly'], /Did you mean deploy\?/],
    [['bogus'], /There is no such command/],
    [['serve', '--prot', '80'], /Did you mean --port\?/],
    [['serve', '--zzz'], /This command has no such option/],
    [['trace'], /needs this argument/],
    [['serve', '--port'], /needs a value/],
    [['init', 'a', 'b'], /put a name with spaces in quotes/],
    [['serve', '--port', '65536'], /It must be a whole number from 0 to 65535\./],
    [['deploy', '--pool', '--json'], /It is an option; the value before it is missing\./],
    [['deploy', ''], /It must not be empty\./],
    [['serve', '--host', ''], /It must not be empty\./],
    [['toString', '--bogus'], /./],
    [['completion', 'fsh'], /^ {2}Did you mean fish\? Allowed choices are/],
    [['doctor', '--format', 'yaml'], /Allowed choices are text, json, sarif, github\./],
  ])('%j says why it is wrong', async (args, why) => {
    const { stderr } = await run(...args);
    expect(stderr.split('\n')[1]).toMatch(why);
  });
});

describe('--no-color and --verbose', () => {
  const onTerminal = (args: string) =>
    new Promise<string>((resolve, reject) => {
      const code =
        'import pty,sys\nout=b""\ndef read(fd):\n  import os\n  return os.read(fd,4096)\npty.spawn(sys.argv[1:],read)';
      const environment = { ...process.env, TERM: 'xterm', NO_COLOR: '', CI: '' };
      const child = spawn('python3', ['-c', code, process.execPath, launcher, ...args.split(' ')], {
        cwd: folder,
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let text = '';
      child.stdout.on('data', (bytes) => {
        text += bytes;
      });
      child.once('error', reject);
      child.once('close', () => resolve(text));
    });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is what is looked for
  const escapes = /\u001B\[\d+m/;

  it.runIf(process.platform === 'linux')('--no-color takes the colours of a terminal', async () => {
    expect(await onTerminal('doctor nowhere')).toMatch(escapes);
    expect(await onTerminal('doctor nowhere --no-color')).not.toMatch(escapes);
  });

  it('hold before and behind the name of the command', async () => {
    const coloured = async (...args: string[]) =>
      (await cliHere(args, { cwd: folder, environment: { FORCE_COLOR: '1' } })).stderr;
    expect(await coloured('doctor', 'nowhere')).toMatch(escapes);
    expect(await coloured('doctor', 'nowhere', '--no-color')).not.toMatch(escapes);
    expect(await coloured('--no-color', 'doctor', 'nowhere')).not.toMatch(escapes);
    expect(await coloured('doctor', '--bogus', '--no-color')).not.toMatch(escapes);
    expect(await coloured('--verbose', 'doctor', 'nowhere')).toMatch(/^\S*\s+at /m);
    expect(await coloured('doctor', '--verbose', 'nowhere')).toMatch(/^\S*\s+at /m);
  });
});

describe('a configuration file that was named', () => {
  it.each([
    ['serve', ['serve', '.', '--port', '0']],
    ['trace', ['trace', '/']],
  ])('%s: is refused with its line, exit code 2, when it cannot be obeyed', async (_what, args) => {
    const file = path.join(folder, 'bad.config');
    await writeFile(file, '<configuration>\n  <system.applicationHost>\n</configuration>\n');
    const { code, stderr } = await run(...args, '--apphost', file);
    await rm(file);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(threeLines) });
    expect(stderr).toContain(`error CONFIG_ERROR  ${file}:2`);
  });
});
