import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EmbeddedStatus } from '../../src/deploy/index.js';
import { type Running, startServe, temporaryFolder } from '../support/cli.js';
import { cliHere, serveHere } from '../support/cli-here.js';

let folder: string;
let remove: () => Promise<void>;
let running: Pick<Running, 'stop'>[];

beforeEach(async () => {
  ({ folder, remove } = await temporaryFolder());
  running = [];
});
afterEach(async () => {
  for (const one of running) await one.stop();
  await remove();
});

const environment = () => ({ IISNODE_SOCK_HOME: path.join(folder, 'state') });
const records = (): readonly string[] => {
  const serving = path.join(folder, 'state', 'serving');
  return existsSync(serving) ? readdirSync(serving).filter((name) => name.endsWith('.lock')) : [];
};
const status = (...args: readonly string[]) =>
  cliHere(['status', ...args], { cwd: folder, environment: environment() });

async function statusJson(...args: readonly string[]): Promise<EmbeddedStatus> {
  const { stdout } = await status(...args, '--json');
  return JSON.parse(stdout) as EmbeddedStatus;
}

/** An app whose process answers every request. */
function makeApp(name: string): string {
  const app = path.join(folder, name);
  mkdirSync(app);
  writeFileSync(
    path.join(app, 'server.js'),
    "console.log('up'); require('node:http').createServer((q, s) => s.end('hello')).listen(process.env.PORT);",
  );
  writeFileSync(
    path.join(app, 'web.config'),
    `<configuration><system.webServer><handlers><add name="node" path="server.js" verb="*" modules="iisnode"/></handlers>
    <rewrite><rules><rule name="all"><match url=".*"/><action type="Rewrite" url="server.js"/></rule></rules></rewrite></system.webServer></configuration>`,
  );
  return app;
}

async function serve(app: string, ...args: readonly string[]): Promise<string> {
  const one = await serveHere([app, '--port', '0', ...args], { cwd: folder, environment: environment() });
  running.push(one);
  await expect.poll(() => records().length).toBe(running.length);
  return one.match[1] ?? '';
}

describe('status of a serve in the foreground', () => {
  it('shows its apps, URLs and processes, and nothing once it has ended', async () => {
    const app = makeApp('one');
    const url = await serve(app);
    expect((await status()).stdout).toContain('no process runs: the next request starts the app');
    expect(await (await fetch(url)).text()).toBe('hello');
    const { serving, host } = await statusJson();
    expect(host).toBeNull();
    expect(serving).toMatchObject([
      { pid: process.pid, silent: false, apps: [{ path: '/one', directory: app }], urls: [url] },
    ]);
    expect(serving[0]?.processes).toMatchObject([{ app: path.join(app, 'server.js'), restarts: 0, sockets: 0 }]);
    const { stdout } = await status();
    expect(stdout).toMatch(/^serve {8}running {2}pid \d+, in the foreground, runs for \d+ s$/m);
    expect(stdout).toContain(`application  /one  ${app}\n             ${url}\n`);
    expect(stdout).toMatch(/^process {6}\d+ .*server\.js .* 0 restarts/m);
    expect(stdout).not.toContain('not running');
    for (const one of running.splice(0)) await one.stop();
    expect((await statusJson()).serving).toEqual([]);
    expect(readdirSync(path.join(folder, 'state', 'serving'))).toEqual([]);
  });

  it('tells two of them apart, and shows that of a folder alone', async () => {
    const [one, two, three] = [makeApp('one'), makeApp('two'), makeApp('three')];
    await serve(one);
    await serve(two, '--app', `/three=${three}`);
    expect((await statusJson()).serving.map(({ apps }) => apps.map(({ path: at }) => at))).toEqual([
      ['/one'],
      ['/two', '/three'],
    ]);
    const ofFolder = async (name: string) => (await statusJson(name)).serving.map(({ command }) => command);
    expect(await ofFolder('one')).toEqual([`serve ${one}`]);
    expect(await ofFolder('./three')).toEqual([`serve ${two}`]);
    mkdirSync(path.join(folder, 'four'));
    expect(await ofFolder('four')).toEqual([]);
    expect((await status('four')).stdout).toContain(`no serve runs for it`);
    for (const args of [['five'], ['five', '--watch']]) {
      const { code, stderr } = await status(...args);
      expect([code, stderr]).toEqual([2, expect.stringContaining('TARGET_NOT_FOUND')]);
    }
    const { code, stderr } = await status('./five');
    expect([code, stderr]).toEqual([2, expect.stringContaining('DIRECTORY_NOT_FOUND')]);
  });

  it('ignores one that was killed, and the next serve removes what it left', async () => {
    const app = makeApp('one');
    const killed = await startServe([app, '--port', '0'], { cwd: folder, environment: environment() });
    await expect.poll(() => records().length).toBe(1);
    const [left = ''] = records();
    expect((await statusJson()).serving).toMatchObject([{ pid: killed.child.pid }]);
    await killed.stop('SIGKILL');
    expect(records()).toEqual([left]);
    expect((await statusJson()).serving).toEqual([]);
    await serveHere([app, '--port', '0'], { cwd: folder, environment: environment() }).then((one) => running.push(one));
    await expect.poll(() => records().length === 1 && records()[0] !== left).toBe(true);
    expect((await statusJson()).serving).toHaveLength(1);
  });

  it.runIf(process.platform !== 'win32')('says of those that hang that they do not answer', async () => {
    const names = ['one', 'two', 'three'];
    const apps = names.map(makeApp);
    const hung = await Promise.all(
      apps.map((app) => startServe([app, '--port', '0'], { cwd: folder, environment: environment() })),
    );
    await expect.poll(() => records().length).toBe(3);
    for (const { child } of hung) child.kill('SIGSTOP');
    try {
      const { stdout } = await status();
      for (const [at, { child }] of hung.entries()) {
        expect(stdout).toContain(
          `serve        does not answer  pid ${child.pid}: it is starting, or it hangs: serve ${apps[at]}\n`,
        );
      }
    } finally {
      for (const one of hung) await one.stop('SIGKILL');
    }
  });

  it('is named where its port is wanted again', async () => {
    const app = makeApp('one');
    const { port } = new URL(await serve(app));
    const { code, stderr } = await cliHere(['serve', app, '--port', port], { cwd: folder, environment: environment() });
    expect([code, stderr]).toEqual([1, expect.stringContaining('error PORT_TAKEN')]);
    expect(stderr).toContain(
      `\n  serve ${app} (process ${process.pid}) listens there.\n  next: npx iisnode-sock serve ${app} --port 0\n`,
    );
  });

  it('serves also where its state cannot be written', async () => {
    writeFileSync(path.join(folder, 'state'), 'a file');
    const one = await serveHere([makeApp('one'), '--port', '0'], { cwd: folder, environment: environment() });
    running.push(one);
    expect((await fetch(one.match[1] ?? '')).status).toBe(200);
  });

  it('logs names the app that it serves, in a folder without one', async () => {
    const app = makeApp('one');
    await serve(app);
    mkdirSync(path.join(folder, 'empty'));
    const { code, stderr } = await cliHere(['logs'], { cwd: path.join(folder, 'empty'), environment: environment() });
    expect(code).toBe(2);
    expect(stderr).toContain(`(serve) from ${app}`);
    expect(stderr).toContain(`next: npx iisnode-sock logs ${app}`);
  });

  it.runIf(process.platform !== 'win32')('takes no command but status, and no other user may ask', async () => {
    const app = makeApp('one');
    await serve(app);
    const serving = path.join(folder, 'state', 'serving');
    const [pipe = ''] = readdirSync(serving).filter((name) => name.endsWith('.sock'));
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      const socket = net.connect(path.join(serving, pipe), () => socket.write('{"command":"stop"}\n'));
      socket.on('data', (bytes) => {
        text += bytes.toString();
      });
      socket.on('close', () => resolve(text));
    });
    expect(answer).toContain('serve does not take the command stop');
    expect(statSync(serving).mode & 0o077).toBe(0);
    expect(statSync(path.join(serving, pipe)).mode & 0o077).toBe(0);
  });
});
