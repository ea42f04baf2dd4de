import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { cli, launcher, temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';
import { hasPseudoTerminal, onTerminal } from '../support/pseudo-terminal.js';

let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
});
afterAll(() => remove());

describe.runIf(hasPseudoTerminal)('Ctrl-C on a terminal', () => {
  it.each(Array.from({ length: 9 }, (_, index) => index * 50))(
    'ends init %d ms after its start, and nothing is written',
    async (interruptAfter) => {
      const { ended, text } = await onTerminal(['init', 'app'], { cwd: folder, interruptAfter });
      // Before the program's first line the signal is node's, and ends it as such.
      expect(ended, text).toMatch(text.includes('error') ? /^exit 130$/ : /^(exit 130|signal 2)$/);
      expect(existsSync(path.join(folder, 'app'))).toBe(false);
    },
  );
});

/** Runs the built program, sends it a signal when `when` resolves, and waits for its end. */
async function interruptedWhen(
  args: readonly string[],
  when: (said: NodeJS.ReadableStream) => Promise<unknown>,
  signal: NodeJS.Signals,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const { FORCE_COLOR: _f, ...environment } = process.env;
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd: folder,
    env: { ...environment, IISNODE_SOCK_HOME: path.join(folder, 'iis') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  }
  const ended = once(child, 'close') as Promise<[number | null]>;
  await when(child.stderr);
  child.kill(signal);
  const [code] = await ended;
  return { code, ...said };
}

/** A server that takes connections and never answers. */
async function silentServer(): Promise<{ url: string; asked: Promise<unknown> }> {
  const server = net.createServer();
  const sockets = new Set<net.Socket>();
  // The first connection only shows that there is a server: a request comes on a later one.
  const asked = new Promise((resolve) => {
    server.on('connection', (socket) => sockets.add(socket.once('data', resolve)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}/`, asked };
}

const unix = process.platform !== 'win32';

describe.runIf(unix)('a signal', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends doctor at a URL that does not answer', async (signal) => {
    const { url, asked } = await silentServer();
    const { code, stdout, stderr } = await interruptedWhen(['doctor', url], () => asked, signal);
    expect({ code, stdout }, stderr).toEqual({ code: 130, stdout: '' });
    expect(stderr).toMatch(/^error INTERRUPTED {2}.*\n {2}.*it has changed nothing\.\n {2}next: .*\n$/);
  });

  it.each([
    [['--json'], { version: 1, error: { code: 'INTERRUPTED' } }],
    [['--format', 'json'], { version: 1, error: { code: 'INTERRUPTED' } }],
    [['--format', 'sarif'], { version: '2.1.0', runs: [{ invocations: [{ exitCode: 130 }] }] }],
  ])('leaves one document on stdout with %j', async (flags, document) => {
    const { url, asked } = await silentServer();
    const { code, stdout } = await interruptedWhen(['doctor', url, ...flags], () => asked, 'SIGINT');
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject(document);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s ends deploy at an app that does not answer, rolled back',
    async (signal) => {
      const name = `silent-${signal}`;
      const app = path.join(folder, name);
      await mkdir(app, { recursive: true });
      await writeFile(path.join(app, 'package.json'), '{}');
      await writeFile(
        path.join(app, 'server.js'),
        "require('http').createServer(() => console.error('asked')).listen(process.env.PORT);",
      );
      await writeFile(
        path.join(app, 'web.config'),
        '<configuration><system.webServer><handlers><add name="n" path="server.js" verb="*" modules="iisnode" /></handlers></system.webServer></configuration>',
      );
      const environment = { IISNODE_SOCK_HOME: path.join(folder, 'iis') };
      const isAsked = () =>
        expect
          .poll(async () => (await cliHere(['logs', name], { cwd: folder, environment })).stdout)
          .toContain('asked');
      const { code, stderr } = await interruptedWhen(
        ['deploy', name, '--to', 'embedded', '--port', '0'],
        isAsked,
        signal,
      );
      expect(code, stderr).toBe(130);
      expect(stderr).toContain('error INTERRUPTED');
      const { host, applications } = JSON.parse(
        (await cliHere(['status', '--json'], { cwd: folder, environment })).stdout,
      ) as { host: unknown; applications: { path: string }[] };
      expect({ host, paths: applications.map(({ path: at }) => at) }).toEqual({ host: null, paths: ['/'] });
    },
  );

  it.each([
    ['trace', '/'],
    ['init', 'new'],
    ['doctor', '.'],
    ['status'],
    ['logs', '.'],
    ['undeploy', '.'],
    ['serve', '.'],
  ])('that comes with the first line of the program ends %s with 130, before it begins', async (...args) => {
    // Sent by the program itself, as soon as it loads a file of its own.
    const preload = path.join(folder, 'interrupt.cjs');
    await writeFile(
      preload,
      `const { Module } = require('node:module');
        const load = Module._load;
        Module._load = (request, ...rest) => {
          if (request.endsWith('dist/cli.cjs')) process.kill(process.pid, 'SIGINT');
          return load(request, ...rest);
        };`,
    );
    const { code, stderr } = await cli(args, {
      cwd: folder,
      environment: { NODE_OPTIONS: `--require ${preload}`, IISNODE_SOCK_HOME: path.join(folder, 'iis') },
    });
    expect(code, stderr).toBe(130);
    expect(stderr).toMatch(/^error INTERRUPTED {2}.*\n {2}.*it has changed nothing\.\n/);
  });

  it.each([
    ['package.json', []],
    ['server.js', []],
    ['server.js', ['--dry-run']],
    ['index.html', []],
  ])('that comes while init reads %s ends it with 130, and nothing is written %j', async (name, flags) => {
    const app = path.join(folder, `read-${name}-${flags.length}`);
    await mkdir(app, { recursive: true });
    await writeFile(path.join(app, 'package.json'), '{ "name": "read", "main": "server.js" }');
    await writeFile(path.join(app, 'server.js'), "require('http').createServer().listen(process.env.PORT);");
    await writeFile(path.join(app, 'index.html'), '<p>hello</p>');
    // Sent by the program itself, when it opens that file of the app.
    const preload = path.join(folder, 'interrupt-reading.cjs');
    await writeFile(
      preload,
      `const fs = require('node:fs');
        const open = fs.openSync;
        fs.openSync = (file, ...rest) => {
          if (file === ${JSON.stringify(path.join(app, name))}) process.kill(process.pid, 'SIGINT');
          return open(file, ...rest);
        };
        require('node:module').syncBuiltinESMExports();`,
    );
    const { code, stdout, stderr } = await cli(['init', app, '--yes', ...flags], {
      environment: { NODE_OPTIONS: `--require ${preload}` },
    });
    expect({ code, stdout }, stderr).toEqual({ code: 130, stdout: '' });
    expect(stderr).toContain('error INTERRUPTED');
    expect(existsSync(path.join(app, 'web.config'))).toBe(false);
  });
});
