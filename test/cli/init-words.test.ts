import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';

let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
});
afterAll(() => remove());

async function app(name: string, server: string): Promise<void> {
  await mkdir(path.join(folder, name));
  await writeFile(path.join(folder, name, 'package.json'), `{ "name": "${name}", "main": "server.js" }`);
  await writeFile(path.join(folder, name, 'server.js'), server);
}
const init = (name: string, ...flags: string[]) =>
  cliHere(['init', name, '--path', `/${name}`, ...flags], { cwd: folder });
const changesIn = (stdout: string) => stdout.split('\n').filter((line) => line.startsWith('change '));

describe('a second init of an app, without a terminal', () => {
  it('writes nothing, and does not say "nothing to do" above changes to make in the code', async () => {
    await app('old', "const io = require('socket.io')(require('http').createServer().listen(3000));\n");
    const first = await init('old', '--loader', 'never'); // else the loader does what the code does not
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toMatch(/^ {2}without the loader: listens on a fixed port: server\.js:1$/m);
    expect(first.stdout).not.toMatch(/^ {2}loader:/m);
    const { code, stdout } = await init('old', '--loader', 'never');
    const count = changesIn(stdout).length;
    expect(code).toBe(0);
    expect(count).toBeGreaterThan(0);
    expect(stdout).not.toContain('nothing to do');
    expect(stdout.split('\n')[0]).toBe(
      `old: web.config is complete; ${count === 1 ? '1 change' : `${count} changes`} to make in the code:`,
    );
  });

  it('says that there is nothing to do where nothing follows', async () => {
    await init('right', '--template', 'minimal', '--no-install');
    const { code, stdout } = await init('right');
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toBe('nothing to do: right is complete');
    expect(stdout).not.toMatch(/^(change|warning) /m);
  });

  it('says in JSON that no file changed, and what there is to change in the code', async () => {
    await app('told', "const io = require('socket.io')(require('http').createServer().listen(3000));\n");
    await init('told', '--loader', 'never');
    const { nothingToDo, advice } = JSON.parse((await init('told', '--loader', 'never', '--json')).stdout) as {
      nothingToDo: boolean;
      advice: { change: boolean }[];
    };
    expect(nothingToDo).toBe(true);
    expect(advice.some(({ change }) => change)).toBe(true);
  });
});

describe('what init prints of a new app', () => {
  it.each([
    [
      'dante',
      ['server-socketio.js', 'inferno.js', 'index-socketio.html', 'web.config', 'lib/ (9 files), test/ (1 file)'],
    ],
    ['dante-faye', ['server-faye.js', 'inferno.js', 'index-faye.html', 'web.config', 'lib/ (9 files), test/ (1 file)']],
    ['chat', ['server.js', 'chat.js', 'news.js', 'index.html', 'web.config', 'lib/ (12 files), test/ (1 file)']],
    ['minimal', ['server.js', 'index.html', 'web.config', 'test/ (1 file)']],
  ])('%s can be read at a glance', async (template, files) => {
    const { code, stdout } = await init(template, '--template', template, '--no-install');
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.slice(0, -4)).toEqual([
      `Scaffolded ${template} for /${template}`,
      ...files.slice(0, -1).map((line) => `  + ${line}`),
      `  + ${files.at(-1)}, package.json, README.md and 2 more`,
    ]);
    expect(lines.slice(-4)).toEqual([
      expect.stringMatching(/^next: npm install /),
      expect.stringMatching(/^ {2}\w/),
      expect.stringMatching(/^next: npx /),
      expect.stringMatching(/^ {2}\w/),
    ]);
  });

  it.runIf(process.platform !== 'win32')('has commands that a shell takes as they stand', async () => {
    const { stdout } = await cliHere(['init', 'two words', '--template', 'minimal', '--no-install'], { cwd: folder });
    const commands = [...stdout.matchAll(/^next: (.*)$/gm)].map(([, command]) => command);
    // In place of the programs: their names and arguments, one a line.
    const shell = `npm() { printf '%s\\n' npm "$@"; }; npx() { printf '%s\\n' npx "$@"; }\n${commands.join('\n')}`;
    const typed = execFileSync('sh', ['-c', shell], { encoding: 'utf8' }).trimEnd().split('\n');
    expect(typed).toEqual(['npm', 'install', '--prefix', 'two words', 'npx', 'iisnode-sock', 'deploy', 'two words']);
    const [, , , , , ...deploy] = typed.slice(1);
    const dry = await cliHere([...deploy, '--dry-run', '--to', 'iis'], { cwd: folder });
    expect(dry.code, dry.stderr).toBe(0);
  });
});
