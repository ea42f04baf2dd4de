import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { Server } from 'socket.io';
import { describe, expect, it, onTestFinished } from 'vitest';
import { root } from '../support/cli.js';
import { madeApp, served } from '../templates/real-app.js';
import { artefacts, read, withBrowser } from './browser.js';

const newPage = withBrowser();

const appOf = (template: string): Promise<string> => madeApp(template, '--path', '/my-app');
const servedAt = (app: string, port = '0') => served(app, '/my-app', port);

const say = async (page: Page, field: string, text: string): Promise<void> => {
  await page.fill(field, text);
  await page.press(field, 'Enter');
};
const messages = (page: Page): Promise<string[]> =>
  page.locator('.message:not([data-sent]) > span:first-child').allTextContents();

describe('the chat in two windows', () => {
  it('joins, talks, tells the news, and loses nothing that is written while the server is away', async () => {
    const app = await appOf('chat');
    const { serving, url } = await servedAt(app);
    const [ann, bob] = await Promise.all([newPage(), newPage({ colorScheme: 'dark' })]);
    await Promise.all([ann.goto(url), bob.goto(`${url}#garden`)]);

    await ann.click('#entry button');
    await expect.poll(() => ann.textContent('#entry-error')).toBe('The name is missing.');
    await ann.fill('#room', 'garden');
    await say(ann, '#name', 'Ann');
    await ann.waitForSelector('#talk:not([hidden])');
    await say(bob, '#name', 'Bob');
    await expect.poll(() => ann.textContent('#people')).toBe('Ann (you), Bob');
    await expect.poll(() => bob.textContent('#people')).toBe('Ann, Bob (you)');

    await say(ann, '#text', '<b>Hello</b>');
    await bob.locator('.message').waitFor();
    await say(bob, '#text', 'Hello, Ann');
    for (const page of [ann, bob]) await expect.poll(() => messages(page)).toEqual(['<b>Hello</b>', 'Hello, Ann']);
    await bob.locator('#text').pressSequentially('I am');
    await expect.poll(() => ann.textContent('#typing')).toBe('Bob is typing…');
    await say(ann, '#headline', 'Poet lost');
    for (const page of [ann, bob]) await expect.poll(() => page.textContent('#headlines')).toContain('Poet lost');
    await ann.screenshot({ path: path.join(artefacts, 'chat-light.png') });
    await bob.screenshot({ path: path.join(artefacts, 'chat-dark.png') });

    await serving.stop();
    for (const page of [ann, bob]) await page.waitForSelector('[data-state="reconnecting"]');
    await say(ann, '#text', 'first');
    await say(ann, '#text', 'second');
    expect(await ann.locator('[data-sent="waiting"]').count()).toBe(2);
    await servedAt(app, new URL(url).port);
    const all = ['<b>Hello</b>', 'Hello, Ann', 'first', 'second'];
    for (const page of [ann, bob]) await expect.poll(() => messages(page)).toEqual(all);
    await expect.poll(() => ann.textContent('#people')).toBe('Ann (you), Bob');
  });
});

describe('the page of the chat', () => {
  it('tells the others at once who wakes up from a sleep, also when the server is another one meanwhile', async () => {
    const app = await appOf('chat');
    const { serving, url } = await servedAt(app);
    const [ann, bob] = await Promise.all([newPage(), newPage()]);
    // The clock on her wall: it goes on while nothing else does.
    await ann.addInitScript('const now = Date.now; window.slept = 0; Date.now = () => now() + window.slept;');
    for (const [page, name] of [
      [ann, 'Ann'],
      [bob, 'Bob'],
    ] as const) {
      await page.goto(url);
      await say(page, '#name', name);
      await page.waitForSelector('#talk:not([hidden])');
    }
    // While a dialog is open nothing runs in the page, as when a laptop sleeps. Longer than between two pings: what is
    // shorter is no sleep.
    const asleep = ann.waitForEvent('dialog');
    const awake = ann.evaluate('alert("asleep"); window.slept = 13_000');
    const dialog = await asleep;
    await serving.stop();
    await servedAt(app, new URL(url).port);
    await expect.poll(() => bob.textContent('#people')).toBe('Bob (you)');
    await dialog.accept();
    await awake;
    await bob.locator('.note', { hasText: 'Ann joined' }).waitFor({ timeout: 20_000 });
  });

  it('works where the browser refuses to remember anything', async () => {
    const { url } = await servedAt(await appOf('chat'));
    const page = await newPage();
    await page.addInitScript(
      `Object.defineProperty(window, 'sessionStorage', { get() { throw new Error('refused'); } });`,
    );
    await page.goto(url);
    await say(page, '#name', 'Ann');
    await page.waitForSelector('#talk:not([hidden])');
  });

  it('gives up, and says so, at a server that has no such namespace', async () => {
    let refused = 0;
    const files = createServer(async ({ url = '' }, response) => {
      const name = url === '/' ? 'index.html' : url.slice(1);
      response.end(await readFile(path.join(root, 'templates', 'chat', name)).catch(() => ''));
    });
    const other = new Server(files);
    other.engine.on(
      'connection',
      (socket: { on(event: string, listener: (packet: { data?: string }) => void): void }) => {
        socket.on('packet', ({ data }) => {
          if (data?.startsWith('0/chat')) refused += 1;
        });
      },
    );
    files.listen(0, '127.0.0.1');
    await once(files, 'listening');
    onTestFinished(() => other.close());
    const page = await newPage();
    await page.goto(`http://127.0.0.1:${(files.address() as AddressInfo).port}/`);
    await page.locator('#trouble').waitFor({ state: 'visible' });
    expect(await page.textContent('#trouble')).toContain('Invalid namespace');
    expect(refused).toBe(1);
  });

  it('has names for its parts, and lists that are lists', async () => {
    const { url } = await servedAt(await appOf('chat'));
    const page = await newPage();
    await page.goto(url);
    await page.getByRole('form', { name: 'Join a room' }).waitFor();
    await page.getByRole('textbox', { name: 'Room' }).fill('garden');
    await say(page, '#name', 'Ann');
    const talk = page.getByRole('region', { name: 'garden' });
    await page.getByRole('textbox', { name: 'Message' }).fill('Hello');
    await page.getByRole('button', { name: 'Send' }).click();
    const line = talk.getByRole('log', { name: 'Messages' }).getByRole('list').getByRole('listitem');
    await line.filter({ hasText: 'Hello' }).waitFor();
    await page.locator('#text:focus').waitFor();
  });
});

describe('Dante over plain WebSockets in a real browser', () => {
  it('goes on where it was when the server dies and is there again', async () => {
    const app = await appOf('dante-faye');
    const { serving, url } = await servedAt(app);
    const page = await newPage();
    const reading = await read(page, url);
    await reading.until(2);
    expect(await page.textContent('#transport')).toBe('WebSocket');
    await page.screenshot({ path: path.join(artefacts, 'dante-faye.png') });
    await serving.stop();
    await page.waitForSelector('[data-state="reconnecting"]');
    await servedAt(app, new URL(url).port);
    await reading.untilReconnected();
    await reading.until(4);
    const lines = await page.locator('.canto li .line:first-child').allTextContents();
    expect(lines.slice(0, 4)).toEqual([
      'Midway upon the journey of our life',
      'Ah me! how hard a thing it is to say',
      'So bitter is it, death is little more;',
      'I cannot well repeat how there I entered,',
    ]);
    expect(reading.stanzas.length).toBe(lines.length);
  });

  it('with the WebSocket module not disabled, cannot connect and says what to do', async () => {
    const app = await appOf('dante-faye');
    const file = path.join(app, 'web.config');
    await writeFile(file, (await readFile(file, 'utf8')).replace(/<webSocket enabled="false" ?\/>/, ''));
    const { url } = await servedAt(app);
    const page = await newPage();
    await page.goto(url);
    await page.locator('#trouble').waitFor({ state: 'visible' });
    expect(await page.textContent('#trouble')).toContain('<webSocket enabled="false" />');
  });
});

describe('the minimal app in a real browser', () => {
  it('shows to all what one says, as text', async () => {
    const { url } = await servedAt(await appOf('minimal'));
    const [ann, bob] = await Promise.all([newPage(), newPage()]);
    for (const page of [ann, bob]) {
      await page.goto(url);
      await expect.poll(() => page.textContent('#state')).toBe('Connected');
    }
    await say(ann, '#text', '<i>Midway</i>');
    for (const page of [ann, bob]) await expect.poll(() => page.textContent('#said li')).toBe('<i>Midway</i>');
  });

  it('says so when the client script does not load', async () => {
    const { url } = await servedAt(await appOf('minimal'));
    const page = await newPage();
    await page.route('**/socket.io.js', (route) => route.abort());
    await page.goto(url);
    expect(await page.textContent('#state')).toContain('socket.io.js did not load');
  });
});
