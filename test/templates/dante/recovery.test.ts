import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Clock } from '../../support/clock.js';
import { freePort } from '../../support/free-port.js';
import { scaffolded } from '../../support/scaffolded.js';
import { proxyTo, type Way } from './proxy.js';
import { comesAfter, type RunningServer, serve, ticksPerInterval, type Viewer, view } from './server.js';

interface Reader extends Way {
  readonly viewer: Viewer;
  readonly clock: Clock;
  readonly server: RunningServer;
}

/** A connected viewer, and the proxy to its server, which can disturb it; the test advances the server's time. */
async function reader(environment: Record<string, string>, folder?: string, auth?: object): Promise<Reader> {
  const port = await freePort();
  const clock = new Clock();
  const server = await serve({ PORT: `${port}`, ...environment }, folder, clock);
  const way = await proxyTo(() => port);
  const viewer = view(way.url, { reconnection: false, ...(auth && { auth }) }, clock.now);
  await once(viewer.socket as unknown as NodeJS.EventEmitter, 'connect');
  return { ...way, viewer, clock, server };
}

const lost = ({ socket }: Viewer): Promise<unknown> => once(socket as unknown as NodeJS.EventEmitter, 'disconnect');

const firsts = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('a connection that socket.io restores', () => {
  it('after a long interruption that the server did not notice sends the missed stanzas one by one, at their pace', async () => {
    const { viewer, clock, links } = await reader({ STANZA_INTERVAL: '600' });
    await comesAfter(viewer, 1, 600 / ticksPerInterval, clock);
    for (const count of [2, 3]) await comesAfter(viewer, count, 600, clock);
    links[0]?.freeze();
    await clock.advance(2700);
    viewer.socket.io.engine.close();
    links[0]?.hangUp();
    await viewer.comeBack();
    expect(viewer.socket.recovered).toBe(true);
    await comesAfter(viewer, 4, 600 / ticksPerInterval, clock);
    for (const count of [5, 6, 7, 8, 9]) await comesAfter(viewer, count, 600, clock);
    expect(viewer.received).toEqual(firsts(9));
  });

  it('is not one that the server still has: a viewer lost twice blocks no other', async () => {
    const { viewer, clock, links } = await reader({ STANZA_INTERVAL: '1000' });
    await comesAfter(viewer, 1, 1000 / ticksPerInterval, clock);
    const cut = lost(viewer);
    links[0]?.cut();
    await cut;
    await viewer.comeBack();
    expect(viewer.socket.recovered).toBe(true);
    links[1]?.freeze();
    viewer.socket.io.engine.close();
    await viewer.comeBack();
    // Only now the server gets the end of the second connection.
    links[1]?.hangUp();
    for (const count of [2, 3, 4]) await comesAfter(viewer, count, 1000, clock);
    expect(viewer.received).toEqual(firsts(4));
  });

  it('with a slow middleware of the app sends the stanza of that time', async () => {
    const app = await scaffolded('dante');
    onTestFinished(app.remove);
    const slow = "io.use((socket, next) => setTimeout(next, 500) && console.log('somebody knocks'));\n";
    appendFileSync(path.join(app.folder, 'server-socketio.js'), slow);
    const port = await freePort();
    const clock = new Clock();
    const server = await serve({ PORT: `${port}`, STANZA_INTERVAL: '800' }, app.folder, clock);
    const knocks = (count: number): Promise<void> =>
      expect.poll(() => server.said().split('somebody knocks').length - 1).toBe(count);
    const { url, links } = await proxyTo(() => port);
    const viewer = view(url, { reconnection: false }, clock.now);
    await knocks(1);
    await clock.advance(500);
    await viewer.until(() => viewer.socket.connected);
    await comesAfter(viewer, 1, 800 / ticksPerInterval, clock);
    await comesAfter(viewer, 2, 800, clock);
    // At the server again before the third stanza, and through the middleware after it.
    await clock.advance(500);
    const cut = lost(viewer);
    links[0]?.cut();
    await cut;
    const back = viewer.comeBack();
    await knocks(2);
    await clock.advance(500);
    await back;
    // It has sent that it waited for 500 ms, without the time of the middleware.
    await comesAfter(viewer, 3, 300, clock);
    for (const count of [4, 5]) await comesAfter(viewer, count, 800, clock);
    expect(viewer.received).toEqual(firsts(5));
  });

  it('sends a stanza to viewers that send no place', async () => {
    const { viewer, clock, links } = await reader({ STANZA_INTERVAL: '800' }, undefined, {});
    await comesAfter(viewer, 1, 800 / ticksPerInterval, clock);
    await comesAfter(viewer, 2, 800, clock);
    await clock.advance(500);
    const cut = lost(viewer);
    links[0]?.cut();
    await cut;
    await clock.advance(500);
    await viewer.comeBack();
    await comesAfter(viewer, 3, 800 / ticksPerInterval, clock);
    for (const count of [4, 5, 6]) await comesAfter(viewer, count, 800, clock);
    expect(viewer.received).toEqual(firsts(6));
  });
});
