import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../support/free-port.js';
import { scaffolded } from '../../support/scaffolded.js';
import { proxyTo, type Way } from './proxy.js';
import { serve, type Viewer, view } from './server.js';

/** A server, and the way to it on which things go wrong. */
async function served(environment: Record<string, string>, folder?: string): Promise<Way> {
  const port = await freePort();
  await serve({ PORT: `${port}`, ...environment }, folder);
  return proxyTo(() => port);
}

const connected = (viewer: Viewer): Promise<unknown> =>
  once(viewer.socket as unknown as NodeJS.EventEmitter, 'connect', { signal: AbortSignal.timeout(5000) });

const pausesOf = ({ stanzas }: Viewer): number[] =>
  stanzas.slice(1).map(({ at }, index) => at - (stanzas[index]?.at ?? 0));

const firsts = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('a connection that socket.io restores', () => {
  it('after a long silence of which the server knew nothing brings the stanzas missed one by one, at their pace', async () => {
    const { url, links } = await served({ STANZA_INTERVAL: '500' });
    const viewer = view(url);
    await viewer.until(() => viewer.stanzas.length === 3);
    links[0]?.freeze();
    await new Promise((resolve) => setTimeout(resolve, 2300));
    const back = connected(viewer);
    viewer.socket.io.engine.close();
    links[0]?.hangUp();
    await back;
    expect(viewer.socket.recovered).toBe(true);
    await viewer.until(() => viewer.stanzas.length === 9);
    expect(viewer.received).toEqual(firsts(9));
    for (const pause of pausesOf(viewer)) expect(pause).toBeGreaterThan(400);
  });

  it('is not one that the server still has: who is lost twice is in nobody’s way', async () => {
    const { url, links } = await served({ STANZA_INTERVAL: '1000' });
    const viewer = view(url);
    await viewer.until(() => viewer.stanzas.length === 1);
    let back = connected(viewer);
    links[0]?.cut();
    await back;
    expect(viewer.socket.recovered).toBe(true);
    back = connected(viewer);
    links[1]?.freeze();
    viewer.socket.io.engine.close();
    await back;
    // Only now the server learns that the second connection is over.
    links[1]?.hangUp();
    await viewer.until(() => viewer.stanzas.length === 4);
    expect(viewer.received).toEqual(firsts(4));
  });

  it('with an own middleware that takes its time brings the stanza that went out meanwhile', async () => {
    const app = await scaffolded('dante');
    onTestFinished(app.remove);
    const slow = 'io.use((socket, next) => setTimeout(next, 500));\n';
    appendFileSync(path.join(app.folder, 'server-socketio.js'), slow);
    const { url, links } = await served({ STANZA_INTERVAL: '800' }, app.folder);
    const viewer = view(url);
    await viewer.until(() => viewer.stanzas.length === 2);
    // Back at the server before the third stanza, and past the middleware after it.
    await new Promise((resolve) => setTimeout(resolve, 500));
    links[0]?.cut();
    await viewer.until(() => viewer.stanzas.length === 5);
    expect(viewer.received).toEqual(firsts(5));
  });

  it('brings those a stanza that do not say where they are', async () => {
    const { url, links } = await served({ STANZA_INTERVAL: '800' });
    const viewer = view(url, { auth: {}, reconnectionDelay: 500, reconnectionDelayMax: 500, randomizationFactor: 0 });
    await viewer.until(() => viewer.stanzas.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 500));
    links[0]?.cut();
    await viewer.until(() => viewer.stanzas.length === 6);
    expect(viewer.received).toEqual(firsts(6));
    for (const pause of pausesOf(viewer)) expect(pause).toBeGreaterThan(700);
  });
});
