import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { root } from '../../support/cli.js';
import { freePort } from '../../support/free-port.js';
import { scaffolded } from '../../support/scaffolded.js';
import { openPage } from './page.js';
import { proxyTo } from './proxy.js';
import { startServer } from './server.js';

/** ms; three of them without a stanza, and a page looks for another connection. */
const interval = 400;

describe.each([
  ['dante', 'server-socketio.js'],
  ['dante-faye', 'server-faye.js'],
])('the page of %s', (template, entry) => {
  const script = path.join(root, 'templates', template, 'connection.js');

  async function started(): Promise<number> {
    const app = await scaffolded(template, { path: '/' });
    onTestFinished(app.remove);
    const port = await freePort();
    const server = await startServer({ PORT: `${port}`, STANZA_INTERVAL: `${interval}` }, path.join(app.folder, entry));
    onTestFinished(async () => void (await server.kill()));
    return port;
  }

  it('notices soon that nothing comes any more, after a long time without a server as before it', async () => {
    const port = await started();
    const nobody = await freePort();
    let target = port;
    const { url, links } = await proxyTo(() => target);
    const page = await openPage(`${url}/`, script);
    await page.reaches(2);
    target = nobody;
    for (const link of links) link.cut();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    target = port;
    await page.reaches(4);
    // As behind iisnode when the node process has been killed: the connection stays, and nothing comes.
    for (const link of links) link.freeze();
    const frozen = performance.now();
    await page.reaches(6);
    expect(performance.now() - frozen).toBeLessThan(8 * interval);
    expect(new Set(page.shown).size).toBe(page.shown.length);
  });

  it('of a machine that was asleep shows what came meanwhile at its pace', async () => {
    const port = await started();
    const { url, links } = await proxyTo(() => port);
    const page = await openPage(`${url}/`, script);
    await page.reaches(2);
    page.fallAsleep();
    for (const link of links) link.hold();
    await new Promise((resolve) => setTimeout(resolve, 5 * interval));
    for (const link of links) link.release();
    page.wakeUp();
    await page.reaches(7);
    expect(new Set(page.shown).size).toBe(page.shown.length);
    const pauses = page.times.slice(1, 7).map((at, index) => at - (page.times[index] ?? 0));
    for (const pause of pauses) expect(pause).toBeGreaterThan(interval / 2);
  });
});

describe('the page of dante-faye', () => {
  it('says so when its upgrades come to nothing, and goes on trying', async () => {
    const app = await scaffolded('dante-faye', { path: '/' });
    onTestFinished(app.remove);
    const port = await freePort();
    const server = await startServer(
      { PORT: `${port}`, STANZA_INTERVAL: `${interval}` },
      path.join(app.folder, 'server-faye.js'),
    );
    onTestFinished(async () => void (await server.kill()));
    let swallowed = 0;
    const { url } = await proxyTo(
      () => port,
      (link) => {
        swallowed += 1;
        if (swallowed > 1 && swallowed < 5) link.freeze(); // All but the page itself.
      },
    );
    const page = await openPage(`${url}/`, path.join(root, 'templates', 'dante-faye', 'connection.js'));
    await page.reaches(1);
    expect(page.troubles.map(([what]) => what)).toEqual(['No connection to the server yet; still trying.']);
  });
});

describe('the page of dante', () => {
  it('begins anew when the server takes its connection and then does not answer', async () => {
    const app = await scaffolded('dante', { path: '/' });
    onTestFinished(app.remove);
    const port = await freePort();
    const server = await startServer(
      { PORT: `${port}`, STANZA_INTERVAL: `${interval}` },
      path.join(app.folder, 'server-socketio.js'),
    );
    onTestFinished(async () => void (await server.kill()));
    // Killed between Engine.IO's handshake and socket.io's.
    let silent = 2;
    const { url, links } = await proxyTo(
      () => port,
      (link) => {
        if (silent > 0) link.freezeBefore('40{"sid"');
        silent -= 1;
      },
    );
    const page = await openPage(`${url}/`, path.join(root, 'templates', 'dante', 'connection.js'));
    await page.reaches(2);
    expect(links.length).toBeGreaterThan(2);
  });
});
