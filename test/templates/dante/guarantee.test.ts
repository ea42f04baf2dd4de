import { once } from 'node:events';
import { copyFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Clock } from '../../support/clock.js';
import { freePort } from '../../support/free-port.js';
import { scaffolded } from '../../support/scaffolded.js';
import { comesAfter, serve, ticksPerInterval, view } from './server.js';

const { inferno } = createRequire(import.meta.url)('../../../templates/dante/inferno.js') as { inferno: string[][] };
const all = inferno.map((_, index) => index);

/** A connected viewer, at a server whose time the test advances. */
async function reader(environment: Record<string, string>, folder?: string) {
  const port = await freePort();
  const clock = new Clock();
  const server = await serve({ PORT: `${port}`, ...environment }, folder, clock);
  const viewer = view(`http://127.0.0.1:${port}`, {}, clock.now);
  await once(viewer.socket as unknown as NodeJS.EventEmitter, 'connect');
  return { server, viewer, clock };
}

describe('a lost connection', () => {
  it('that returns within an interval is restored by socket.io, with what it missed, and keeps the pace', async () => {
    const { viewer, clock } = await reader({ STANZA_INTERVAL: '600' });
    await comesAfter(viewer, 1, 600 / ticksPerInterval, clock);
    await comesAfter(viewer, 2, 600, clock);
    await clock.advance(450);
    await viewer.lose();
    await clock.advance(300); // The third stanza is sent while the viewer is away.
    await viewer.comeBack();
    expect(viewer.socket.recovered).toBe(true);
    await comesAfter(viewer, 3, 600 / ticksPerInterval, clock);
    for (const count of [4, 5, 6]) await comesAfter(viewer, count, 600, clock);
    expect(viewer.received).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('that returns later continues at the place that the viewer sends', async () => {
    const { viewer, clock } = await reader({ STANZA_INTERVAL: '200' });
    await comesAfter(viewer, 1, 200 / ticksPerInterval, clock);
    await comesAfter(viewer, 2, 200, clock);
    await viewer.lose();
    await clock.advance(700);
    await viewer.comeBack();
    expect(viewer.socket.recovered).toBe(false);
    await comesAfter(viewer, 3, 200 / ticksPerInterval, clock);
    for (const count of [4, 5]) await comesAfter(viewer, count, 200, clock);
    expect(viewer.received).toEqual([0, 1, 2, 3, 4]);
  });

  it.each([
    ['over websocket', ['websocket']],
    ['by polling', ['polling']],
    ['by polling that upgrades', ['polling', 'websocket']],
  ])('loses no stanza and repeats none, with any number of cuts, %s', async (_, transports) => {
    const port = await freePort();
    await serve({ PORT: `${port}`, STANZA_INTERVAL: '40', transports: 'websocket,polling' });
    const viewer = view(`http://127.0.0.1:${port}`, { transports });
    for (let cut = 3; cut < 46; cut += 5) {
      await viewer.until(() => viewer.stanzas.length >= cut);
      viewer.socket.io.engine.close();
    }
    await viewer.until(() => viewer.ended);
    expect(viewer.received).toEqual(all);
  });
});

describe('clients of socket.io 2, which use Engine.IO 3', () => {
  const connectOld = createRequire(import.meta.url)('socket.io-client-2') as (
    url: string,
    options: object,
  ) => OldSocket;

  interface OldSocket {
    on(event: string, listener: (...args: never[]) => void): void;
    close(): void;
    readonly io: { readonly opts: { query: object }; readonly engine: { close(): void } };
  }

  it.each([['websocket'], ['polling']])(
    'read every stanza over %s, through cuts, when allowEIO3 is set',
    async (transport) => {
      const port = await freePort();
      await serve({ PORT: `${port}`, STANZA_INTERVAL: '20', transports: 'websocket,polling', allowEIO3: 'true' });
      const socket = connectOld(`http://127.0.0.1:${port}`, {
        transports: [transport],
        reconnectionDelay: 20,
        reconnectionDelayMax: 50,
      });
      onTestFinished(() => socket.close());
      const received: number[] = [];
      await new Promise<void>((resolve) => {
        socket.on('stanza', ({ index }: { index: number }) => {
          received.push(index);
          socket.io.opts.query = { next: received.length, waited: 0 };
          // A stanza that came with this one is read before.
          if (index === 5 || index === 20) setImmediate(() => socket.io.engine.close());
        });
        socket.on('end', () => resolve());
      });
      expect(received).toEqual(all);
    },
  );

  it('are rejected when it is not', async () => {
    const port = await freePort();
    await serve({ PORT: `${port}`, transports: 'websocket,polling' });
    const response = await fetch(`http://127.0.0.1:${port}/socket.io/?EIO=3&transport=polling`);
    expect([response.status, await response.json()]).toEqual([
      400,
      { code: 5, message: 'Unsupported protocol version' },
    ]);
  });
});

describe('when iisnode is about to recycle the app', () => {
  it.each([
    [
      'a script beside the entry point',
      (folder: string) => utimesSync(path.join(folder, 'lib', 'stream.js'), new Date(), new Date()),
    ],
    ['web.config', (folder: string) => writeFileSync(path.join(folder, 'web.config'), '<configuration />')],
    [
      'a new iisnode.yml',
      (folder: string) => writeFileSync(path.join(folder, 'iisnode.yml'), 'node_env: production\n'),
    ],
    ['a folder that is put in its place', (folder: string) => renameSync(folder, `${folder}-before`)],
  ])('because of %s, the server informs its viewers and ends within gracefulShutdownTimeout', async (_, change) => {
    const app = await scaffolded('dante');
    onTestFinished(app.remove);
    const { server, viewer, clock } = await reader({ IISNODE_VERSION: '0.2.27' }, app.folder);
    await clock.advance(2000 / ticksPerInterval);
    await viewer.until(() => viewer.stanzas.length === 1);
    const told = once(viewer.socket as unknown as NodeJS.EventEmitter, 'recycle');
    const ended = once(server.child, 'exit');
    change(app.folder);
    await told;
    await clock.advance(4999);
    expect((await ended)[0]).toBe(0);
  });

  it('a folder that cannot be watched does not prevent the start', async () => {
    vi.stubEnv('IISNODE_VERSION', '0.2.27');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { onRecycle } = createRequire(import.meta.url)('../../../templates/dante/lib/recycle.js') as {
      onRecycle(folder: string, recycled: () => void): void;
    };
    expect(() => onRecycle(path.join(import.meta.dirname, 'not-there'), () => {})).not.toThrow();
  });

  it('nothing happens for a file that iisnode does not watch, or without iisnode', async () => {
    const app = await scaffolded('dante');
    onTestFinished(app.remove);
    const told: string[] = [];
    const environments: Record<string, string>[] = [{ IISNODE_VERSION: '0.2.27' }, {}];
    const viewers = await Promise.all(
      environments.map(async (environment) => {
        const port = await freePort();
        await serve({ PORT: `${port}`, STANZA_INTERVAL: '100', ...environment }, app.folder);
        const viewer = view(`http://127.0.0.1:${port}`);
        viewer.socket.on('recycle', () => told.push('told'));
        await viewer.until(() => viewer.stanzas.length === 1);
        return viewer;
      }),
    );
    copyFileSync(path.join(app.folder, 'README.md'), path.join(app.folder, 'notes.md'));
    await Promise.all(viewers.map((viewer) => viewer.until(() => viewer.stanzas.length === 8)));
    utimesSync(path.join(app.folder, 'lib', 'stream.js'), new Date(), new Date());
    const [underIisnode, byItself] = viewers;
    await once(underIisnode?.socket as unknown as NodeJS.EventEmitter, 'recycle');
    await byItself?.until(() => (byItself?.stanzas.length ?? 0) >= 16);
    expect(told).toEqual(['told']);
  });
});
