import { cp, readFile, utimes, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { cli, root, start, startServe, temporaryFolder } from '../support/cli.js';
import { artefacts, type Reading, read, withBrowser } from './browser.js';

const { inferno } = createRequire(import.meta.url)(path.join(root, 'templates', 'dante', 'inferno.js')) as {
  inferno: string[][];
};
const canto = inferno.map((lines) => lines.join('\n'));

const newPage = withBrowser();
let folder: string;
let remove: () => Promise<void>;
const environment = () => ({ IISNODE_SOCK_HOME: path.join(folder, 'iis') });

/** A copy of the installed app, its web.config for another vdir path. */
async function copyFor(vdirPath: string, name: string): Promise<string> {
  const copy = path.join(folder, name);
  await cp(path.join(folder, 'dante'), copy, { recursive: true });
  const made = await cli(['init', copy, '--template', 'dante', '--path', vdirPath, '--no-install', '--force']);
  expect(made, made.stderr).toMatchObject({ code: 0 });
  return copy;
}

/** None lost, none doubled, in order, and none before its time: two seconds behind the one before. */
function expectTheBeginningOfTheCanto({ stanzas, transports }: Reading, count: number): void {
  expect(stanzas.slice(0, count).map(({ text }) => text)).toEqual(canto.slice(0, count));
  for (const [index, { at }] of stanzas.slice(0, count).entries()) {
    expect(at, `stanza ${index + 1}`).toBeGreaterThan(2000 * index - 50);
  }
  expect(new Set(transports)).toEqual(new Set(['websocket']));
}

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  const made = await cli(['init', path.join(folder, 'dante'), '--template', 'dante', '--path', '/dante']);
  expect(made, made.stderr).toMatchObject({ code: 0 });
}, 120_000);

afterAll(async () => {
  await cli(['undeploy', path.join(folder, 'dante')], { environment: environment() });
  await remove();
});

describe('Dante in a real browser', () => {
  it('deployed to the embedded IIS, keeps every reader at the right stanza through a recycled application pool', async () => {
    const deployed = await cli(['deploy', path.join(folder, 'dante'), '--port', '0'], { environment: environment() });
    expect(deployed, deployed.stderr + deployed.stdout).toMatchObject({ code: 0 });
    expect(deployed.stdout).toMatch(/From zero to divine in \d+\.\d s/);
    const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(deployed.stdout)?.[0];

    const page = await newPage();
    const reading = await read(page, `${origin}/dante/server-socketio.js`);
    await reading.until(3);
    expect(await page.locator('#transport').textContent()).toBe('WebSocket');
    const recycled = await cli(['appcmd', 'recycle', 'apppool', 'dante'], { environment: environment() });
    expect(recycled, recycled.stdout).toMatchObject({ code: 0 });
    const count = await reading.untilReconnected();
    await page.screenshot({ path: path.join(artefacts, 'dante.png') });
    expectTheBeginningOfTheCanto(reading, count);
  });

  it('served at the root of a site, reads the same, through a change of a watched file', async () => {
    const app = await copyFor('/', 'root');
    const serving = await startServe([app, '--path', '/', '--port', '0']);
    onTestFinished(async () => void (await serving.stop()));
    const url = serving.match[1] ?? '';
    const reading = await read(await newPage(), url);
    await reading.until(3);
    const now = new Date();
    await utimes(path.join(app, 'server-socketio.js'), now, now);
    // iisnode recycles with the next request; the old process gets gracefulShutdownTimeout, 5 s, for its open socket.
    await expect.poll(async () => (await fetch(url)) && serving.output(), { interval: 200 }).toContain('RECYCLED');
    const count = await reading.untilReconnected();
    expectTheBeginningOfTheCanto(reading, count);
  });

  it('run by itself, without any IIS, reads the same, through the death of the server', async () => {
    const own = (port: string) =>
      start(process.execPath, ['server-socketio.js'], /http:\/\/localhost:(\d+)\//, {
        cwd: path.join(folder, 'dante'),
        environment: { PORT: port },
      });
    const first = await own('0');
    onTestFinished(async () => void (await first.stop()));
    const reading = await read(await newPage(), first.match[0]);
    await reading.until(3);
    await first.stop('SIGKILL');
    const second = await own(first.match[1] ?? '');
    onTestFinished(async () => void (await second.stop()));
    const count = await reading.untilReconnected();
    expectTheBeginningOfTheCanto(reading, count);
  });

  it('with the WebSocket module not disabled, cannot connect and says what to do', async () => {
    const app = await copyFor('/dante', 'module-on');
    const file = path.join(app, 'web.config');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/<webSocket enabled="false" ?\/>/, ''));
    const serving = await startServe([app, '--path', '/dante', '--port', '0']);
    onTestFinished(async () => void (await serving.stop()));
    const page = await newPage();
    const reading = await read(page, serving.match[1] ?? '');
    await page.locator('#trouble').waitFor({ state: 'visible' });
    expect(await page.locator('#trouble').textContent()).toContain('<webSocket enabled="false" />');
    expect(reading.stanzas).toEqual([]);
    const doctor = await cli(['doctor', app, '--json']);
    expect(doctor.code).toBe(1);
    expect(doctor.stdout).toContain('WEBSOCKET_MODULE_ENABLED');
  });
});
