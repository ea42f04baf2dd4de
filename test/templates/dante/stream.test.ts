import { once } from 'node:events';
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Clock } from '../../support/clock.js';
import { freePort } from '../../support/free-port.js';
import { comesAfter, entry, type RunningServer, serve, startServer, ticksPerInterval, view } from './server.js';

const { inferno }: { inferno: readonly (readonly string[])[] } = createRequire(import.meta.url)(
  path.join(path.dirname(entry), 'inferno.js'),
);

async function refusal(url: string, auth: Record<string, unknown>): Promise<string> {
  const viewer = view(url, { auth });
  const [error] = (await once(viewer.socket as unknown as NodeJS.EventEmitter, 'connect_error')) as [Error];
  return error.message;
}

describe('the stream', () => {
  it('gives each viewer all 46 stanzas in order, then the end mark, over the websocket only', async () => {
    const port = await freePort();
    await serve({ PORT: `${port}`, STANZA_INTERVAL: '10' });
    const viewers = [view(`http://127.0.0.1:${port}`), view(`http://127.0.0.1:${port}`)];
    for (const viewer of viewers) {
      await viewer.until(() => viewer.ended);
      expect(viewer.stanzas.map((stanza) => stanza.lines)).toEqual(inferno);
      expect(viewer.received).toEqual(inferno.map((_, index) => index));
      expect([...viewer.transports]).toEqual(['websocket']);
    }
  });

  it('sends the first stanza at once and the next ones at the interval', async () => {
    const port = await freePort();
    const clock = new Clock();
    await serve({ PORT: `${port}`, STANZA_INTERVAL: '400' }, undefined, clock);
    const viewer = view(`http://127.0.0.1:${port}`, {}, clock.now);
    await once(viewer.socket as unknown as NodeJS.EventEmitter, 'connect');
    await comesAfter(viewer, 1, 400 / ticksPerInterval, clock);
    for (const count of [2, 3, 4]) await comesAfter(viewer, count, 400, clock);
  });

  it('continues after the last stanza seen when the process is killed and another one gets its port', async () => {
    const port = await freePort();
    const environment = { PORT: `${port}`, STANZA_INTERVAL: '25' };
    let server = await serve(environment);
    const viewer = view(`http://127.0.0.1:${port}`);
    for (const kills of [8, 20, 33]) {
      await viewer.until(() => viewer.stanzas.length >= kills);
      await server.kill('SIGKILL');
      server = await serve(environment);
    }
    await viewer.until(() => viewer.ended);
    expect(viewer.stanzas.map((stanza) => stanza.lines)).toEqual(inferno);
    expect(viewer.received).toEqual(inferno.map((_, index) => index));
  });

  it('continues when the connection to a living server is cut', async () => {
    const port = await freePort();
    await serve({ PORT: `${port}`, STANZA_INTERVAL: '15' });
    const viewer = view(`http://127.0.0.1:${port}`);
    for (const cut of [1, 5, 11, 45]) {
      await viewer.until(() => viewer.stanzas.length >= cut);
      viewer.socket.io.engine.close();
    }
    await viewer.until(() => viewer.ended);
    expect(viewer.stanzas.map((stanza) => stanza.lines)).toEqual(inferno);
  });

  it('keeps its pace for the viewer: the next stanza comes when it would have come', async () => {
    const port = await freePort();
    const clock = new Clock();
    await serve({ PORT: `${port}`, STANZA_INTERVAL: '800' }, undefined, clock);
    const viewer = view(`http://127.0.0.1:${port}`, {}, clock.now);
    await once(viewer.socket as unknown as NodeJS.EventEmitter, 'connect');
    await comesAfter(viewer, 1, 800 / ticksPerInterval, clock);
    await clock.advance(300);
    await viewer.lose();
    await viewer.comeBack();
    await comesAfter(viewer, 2, 500, clock);
    await comesAfter(viewer, 3, 800, clock);
  });

  it('sends the end mark again to a viewer who missed only that', async () => {
    const port = await freePort();
    await serve({ PORT: `${port}` });
    const viewer = view(`http://127.0.0.1:${port}`, { auth: { next: 46, waited: 60_000 } });
    await viewer.until(() => viewer.ended);
    expect(viewer.received).toEqual([]);
  });

  it('ends the connection of a viewer who stays, an interval after the end mark', async () => {
    const port = await freePort();
    await serve({ PORT: `${port}`, STANZA_INTERVAL: '200' });
    const viewer = view(`http://127.0.0.1:${port}`, { auth: { next: 45, waited: 0 } });
    const reason = await new Promise((resolve) => void viewer.socket.once('disconnect', resolve));
    expect(reason).toBe('io server disconnect');
    expect(viewer.ended).toBe(true);
  });

  it.each([-1, 47, 1.5, '3', null, [], {}, true])('rejects %j as the next stanza', async (next) => {
    const port = await sharedPort();
    expect(await refusal(`http://127.0.0.1:${port}`, { next })).toBe('next is a whole number from 0 to 46');
  });

  it.each([-1, '5', null])('rejects %j as the time waited', async (waited) => {
    const port = await sharedPort();
    expect(await refusal(`http://127.0.0.1:${port}`, { next: 3, waited })).toBe('waited is a number of ms, 0 or more');
  });
});

let shared: Promise<{ port: number; server: RunningServer }> | undefined;
afterAll(async () => void (await (await shared)?.server.kill()));

/** One server for the tests that only connect. */
async function sharedPort(): Promise<number> {
  shared ??= (async () => {
    const port = await freePort();
    return { port, server: await startServer({ PORT: `${port}` }) };
  })();
  return (await shared).port;
}
