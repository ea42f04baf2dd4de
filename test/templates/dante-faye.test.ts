import { once } from 'node:events';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { createRequire } from 'node:module';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { root } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';
import { Clock } from '../support/clock.js';
import { freePort } from '../support/free-port.js';
import { scaffolded } from '../support/scaffolded.js';
import { startServer, ticksPerInterval } from './dante/server.js';
import { doctored, madeApp, ownTests, served } from './real-app.js';

const { inferno } = createRequire(import.meta.url)(path.join(root, 'templates/dante/inferno.js')) as {
  inferno: readonly (readonly string[])[];
};

/** The app with a short interval: ms from one stanza to the next. */
async function appAt(vdirPath: string, interval: number, ...options: string[]): Promise<string> {
  const app = await madeApp('dante-faye', '--path', vdirPath, ...options);
  const file = path.join(app, 'web.config');
  const setting = `<add key="STANZA_INTERVAL" value="${interval}" />`;
  await writeFile(file, (await readFile(file, 'utf8')).replace('</appSettings>', `  ${setting}\n  </appSettings>`));
  return app;
}

interface Message {
  readonly event: string;
  readonly index: number;
  readonly lines: readonly string[];
}

/** A viewer that works like the page: sends at each connection what it wants, and reconnects when the connection is lost. */
class Viewer {
  readonly stanzas: { readonly lines: readonly string[]; readonly at: number }[] = [];
  connections = 0;
  ended = false;
  readonly #url: URL;
  #socket: WebSocket | undefined;

  /** `cutAfter`: the numbers of stanzas after which the connection is cut, like a network failure. */
  constructor(
    appUrl: string,
    readonly cutAfter: readonly number[] = [],
  ) {
    this.#url = new URL('stream', appUrl.replace('http', 'ws'));
    onTestFinished(() => this.#socket?.terminate());
    this.#connect();
  }

  #connect(): void {
    const last = this.stanzas.at(-1);
    this.#url.search = last ? `?next=${this.stanzas.length}&waited=${Math.round(performance.now() - last.at)}` : '';
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.on('open', () => {
      this.connections += 1;
    });
    socket.on('error', () => undefined); // 'close' follows.
    socket.on('message', (data) => {
      if (socket === this.#socket) this.#hear(JSON.parse(String(data)) as Message);
    });
    socket.on('close', () => {
      if (socket === this.#socket && !this.ended) this.#connect();
    });
  }

  #hear(message: Message): void {
    if (message.event === 'stanza') {
      // None lost, none twice: the server is correct, the viewer need not sort.
      expect(message.index).toBe(this.stanzas.length);
      this.stanzas.push({ lines: message.lines, at: performance.now() });
      if (this.cutAfter.includes(this.stanzas.length)) this.#socket?.terminate();
    } else if (message.event === 'recycle') this.#leave();
    else if (message.event === 'end') {
      this.ended = true;
      this.#socket?.close();
    }
  }

  #leave(): void {
    const left = this.#socket;
    this.#connect();
    left?.close();
  }
}

const reaches = (viewer: Viewer, count: number) =>
  expect.poll(() => viewer.stanzas.length, { interval: 5 }).toBeGreaterThanOrEqual(count);

async function expectTheWholeCanto(viewer: Viewer): Promise<void> {
  await expect.poll(() => viewer.ended).toBe(true);
  expect(viewer.stanzas.map(({ lines }) => lines)).toEqual(inferno);
}

describe('the app that streams Dante over plain WebSockets', () => {
  it.each(['/dante', '/My App', '/'])('at %s serves its page and the whole canto, in any spelling', async (at) => {
    const app = await appAt(at, 10);
    expect(await doctored(app)).toEqual({ code: 0, findings: [] });
    const { origin, url } = await served(app, at);
    const page = await (await fetch(url)).text();
    const scripts = [...page.matchAll(/<script src="([\w./]+)"/g)].map(([, file = '']) => file);
    expect(scripts).toEqual(['lib/page.js', 'lib/connection.js']);
    for (const file of scripts) expect([file, (await fetch(url + file)).status]).toEqual([file, 200]);
    for (const hidden of ['lib/stream.js', 'lib/viewers.js', 'test/app.test.js', 'package.json']) {
      expect([hidden, (await fetch(url + hidden)).status]).toEqual([hidden, 404]);
    }
    for (const spelled of [url, origin + new URL(url).pathname.toUpperCase()]) {
      await expectTheWholeCanto(new Viewer(spelled));
    }
  });

  it('continues after the last stanza seen, through cut connections', async () => {
    const { url } = await served(await appAt('/dante', 20), '/dante');
    const viewer = new Viewer(url, [1, 2, 11, 30, 46]);
    await expectTheWholeCanto(viewer);
    expect(viewer.connections).toBeGreaterThan(4);
  });

  it('continues through recycles, in two processes, with viewers who connect and disconnect together', async () => {
    const app = await appAt('/dante', 150, '--processes', '2');
    const { url, serving } = await served(app, '/dante');
    const viewers = [new Viewer(url), new Viewer(url), new Viewer(url)];
    const recycles = () => serving.output().match(/RECYCLED/g)?.length ?? 0;
    for (const [done, count] of [4, 15].entries()) {
      for (const viewer of viewers) await reaches(viewer, count);
      const now = new Date();
      await utimes(path.join(app, 'server-faye.js'), now, now);
      await expect.poll(async () => (await fetch(url)) && recycles()).toBeGreaterThan(done);
    }
    for (const viewer of viewers) await expectTheWholeCanto(viewer);
    for (const viewer of viewers) expect(viewer.connections).toBeGreaterThanOrEqual(3);
  });

  it('keeps the pace of a disconnected viewer: the next stanza comes when it would have come', async () => {
    const app = await scaffolded('dante-faye', { path: '/' });
    onTestFinished(app.remove);
    const [port, clock] = [await freePort(), new Clock()];
    const entry = path.join(app.folder, 'server-faye.js');
    const server = await startServer({ PORT: `${port}`, STANZA_INTERVAL: '800' }, entry, clock);
    onTestFinished(async () => void (await server.kill()));
    const heard: unknown[] = [];
    const opened = async (query: string): Promise<WebSocket> => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/stream${query}`);
      onTestFinished(() => socket.terminate());
      socket.on('message', (data) => heard.push((JSON.parse(String(data)) as Message).index));
      await once(socket, 'open');
      return socket;
    };
    /** What has arrived after `ms`. */
    const heardAfter = async (ms: number, socket: WebSocket): Promise<unknown[]> => {
      await clock.advance(ms);
      const pong = once(socket, 'pong');
      socket.ping();
      await pong;
      return [...heard];
    };
    const first = await opened('');
    expect(await heardAfter(800 / ticksPerInterval, first)).toEqual([0]);
    expect(await heardAfter(300, first)).toEqual([0]);
    first.terminate();
    const second = await opened('?next=1&waited=300');
    expect(await heardAfter(499, second)).toEqual([0]);
    expect(await heardAfter(1, second)).toEqual([0, 1]);
  });

  it('closes the connection of a viewer who stays, an interval after the end mark', async () => {
    const { url } = await served(await appAt('/dante', 100), '/dante');
    const socket = new WebSocket(`${url.replace('http', 'ws')}stream?next=45`);
    const heard: unknown[] = [];
    socket.on('message', (data) => heard.push((JSON.parse(String(data)) as Message).event));
    const [code] = await once(socket, 'close');
    expect(heard).toEqual(['stanza', 'end']);
    expect(code).toBe(1000);
  });

  it('upgrades a request of Firefox', async () => {
    const { url } = await served(await appAt('/dante', 10), '/dante');
    const headers = { Connection: 'keep-alive, Upgrade' };
    const socket = new WebSocket(`${url.replace('http', 'ws')}stream`, { headers });
    onTestFinished(() => socket.terminate());
    const [data] = await new Promise<unknown[]>((resolve, reject) => {
      socket.once('message', (...got) => resolve(got)).once('error', reject);
    });
    expect(JSON.parse(String(data))).toMatchObject({ event: 'stanza', index: 0 });
  });

  it('is not changed by a second init, and deploy finds no problem in it', async () => {
    const app = await madeApp('dante-faye');
    const before = await readFile(path.join(app, 'web.config'), 'utf8');
    const again = await cliHere(['init', app, '--no-install', '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({
      nothingToDo: true,
      findings: [],
      advice: [],
    });
    expect(await readFile(path.join(app, 'web.config'), 'utf8')).toBe(before);

    const environment = { IISNODE_SOCK_HOME: path.join(path.dirname(app), 'iis') };
    onTestFinished(async () => void (await cliHere(['undeploy', app], { environment })));
    const deployed = await cliHere(['deploy', app, '--port', '0'], { environment });
    expect(deployed, deployed.stderr).toMatchObject({ code: 0 });
    expect(deployed.stdout).toMatch(/the WebSocket .* open, first message/);
  });

  it('passes the tests that its user gets', async () => {
    await ownTests(await madeApp('dante-faye'));
  });
});

it('a viewer who does not answer pings is closed, one who does stays', async () => {
  const app = await scaffolded('dante-faye');
  onTestFinished(app.remove);
  const { onViewer } = createRequire(import.meta.url)(path.join(app.folder, 'lib', 'viewers.js')) as {
    onViewer(server: http.Server, path: string, opened: () => void, pingInterval: number): unknown;
  };
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const server = http.createServer();
  onViewer(server, '/stream', () => undefined, 50);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;

  const alive = new WebSocket(`ws://127.0.0.1:${port}/stream`);
  onTestFinished(() => alive.terminate());
  const dead = net.connect(port, '127.0.0.1', () =>
    dead.write(
      'GET /stream HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    ),
  );
  let isGone = false;
  dead.on('close', () => {
    isGone = true;
  });
  await Promise.all([once(alive, 'open'), once(dead, 'data')]);
  /** Every viewer is pinged; the server has received all their answers. */
  const round = async (): Promise<void> => {
    const pinged = once(alive, 'ping');
    vi.advanceTimersByTime(50);
    await pinged;
    const behind = once(alive, 'pong');
    alive.ping();
    await behind;
  };
  await round();
  expect(isGone).toBe(false);
  await round();
  await expect.poll(() => isGone).toBe(true);
  for (let count = 0; count < 4; count += 1) await round();
  expect(alive.readyState).toBe(WebSocket.OPEN);
});
