import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { root } from '../../support/cli.js';
import { Clock } from '../../support/clock.js';
import { freePort } from '../../support/free-port.js';
import { scaffolded } from '../../support/scaffolded.js';
import { type OpenPage, openPage } from './page.js';
import { proxyTo } from './proxy.js';
import { startServer } from './server.js';

/** ms; after three of them without a stanza, a page opens another connection. */
const interval = 400;
const patience = 3 * interval;

let clock: Clock;
// The page uses the time of this process, its server that of its own: neither advances alone.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] });
  clock = new Clock();
});
afterEach(() => void vi.useRealTimers());

/** Advances the time for the page and its server, once what the server has sent has arrived. */
async function pass(ms: number, page?: OpenPage): Promise<void> {
  await clock.advance(ms);
  await page?.caughtUp();
  await vi.advanceTimersByTimeAsync(ms);
}

/** Advances the time in steps of `step` ms, until that many stanzas are on the page. */
const passUntil = (page: OpenPage, count: number, step = 20): Promise<void> =>
  expect.poll(async () => (await pass(step, page)) ?? page.shown.length, { interval: 1 }).toBe(count);

/** The app of a template, alone; its port. */
async function started(template: string, entry: string): Promise<number> {
  const app = await scaffolded(template, { path: '/' });
  onTestFinished(app.remove);
  const port = await freePort();
  const environment = { PORT: `${port}`, STANZA_INTERVAL: `${interval}` };
  const server = await startServer(environment, path.join(app.folder, entry), clock);
  onTestFinished(async () => void (await server.kill()));
  return port;
}

const connectionOf = (template: string): string => path.join(root, 'templates', template, 'lib', 'connection.js');

describe.each([
  ['dante', 'server-socketio.js'],
  ['dante-faye', 'server-faye.js'],
])('the page of %s', (template, entry) => {
  it('notices soon that no more stanzas come, also after a long time without a server', async () => {
    const port = await started(template, entry);
    const nobody = await freePort();
    let target = port;
    const { url, links } = await proxyTo(() => target);
    const page = await openPage(`${url}/`, connectionOf(template));
    await passUntil(page, 2);
    target = nobody;
    for (const link of links) link.cut();
    const before = links.length;
    await expect.poll(async () => (await pass(200)) ?? links.length, { interval: 1 }).toBeGreaterThan(before + 4);
    target = port;
    await passUntil(page, 4);
    // Like behind iisnode when the node process was killed: the connection stays open, and nothing comes.
    for (const link of links) link.freeze();
    const open = links.length;
    await pass(patience);
    await expect.poll(() => links.length).toBe(open + 1);
    await passUntil(page, 6);
    expect(new Set(page.shown).size).toBe(page.shown.length);
  });

  it('of a machine that was asleep shows the stanzas of that time at their pace', async () => {
    const port = await started(template, entry);
    const { url, links } = await proxyTo(() => port);
    const page = await openPage(`${url}/`, connectionOf(template));
    await passUntil(page, 2);
    for (const link of links) link.hold();
    await clock.advance(5 * interval);
    page.sleep(5 * interval);
    await expect.poll(() => links.some(({ heldBack }) => heldBack() > 0)).toBe(true);
    for (const link of links) link.release();
    await passUntil(page, 7);
    expect(new Set(page.shown).size).toBe(page.shown.length);
    const pauses = page.times.slice(1, 7).map((at, index) => at - (page.times[index] ?? 0));
    for (const pause of pauses) expect(pause, page.times.join(' ')).toBeGreaterThan(interval / 2);
  });
});

describe('the page of dante-faye', () => {
  it('reports failed upgrades, and keeps trying', async () => {
    const port = await started('dante-faye', 'server-faye.js');
    let swallowed = 0;
    const { url } = await proxyTo(
      () => port,
      (link) => {
        swallowed += 1;
        if (swallowed > 1 && swallowed < 5) link.freeze(); // All but the page itself.
      },
    );
    const page = await openPage(`${url}/`, connectionOf('dante-faye'));
    await passUntil(page, 1);
    expect(page.troubles.map(([where]) => where)).toEqual(['/stream']);
  });
});

describe('the page of dante', () => {
  it('starts again when the server accepts its connection and then does not answer', async () => {
    const port = await started('dante', 'server-socketio.js');
    // Killed between Engine.IO's handshake and socket.io's.
    let silent = 2;
    const { url, links } = await proxyTo(
      () => port,
      (link) => {
        if (silent > 0) link.freezeBefore('40{"sid"');
        silent -= 1;
      },
    );
    const page = await openPage(`${url}/`, connectionOf('dante'));
    // Those two do not answer the ping of `caughtUp` either.
    await expect.poll(async () => (await pass(20)) ?? page.shown.length, { interval: 1 }).toBe(2);
    expect(links.length).toBeGreaterThan(2);
  });
});
