import { readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { cli, type Running, root, startServe, temporaryFolder } from '../support/cli.js';
import { artefacts, launch, read } from './browser.js';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

async function madeApp(template: string): Promise<string> {
  const { folder, remove } = await temporaryFolder();
  onTestFinished(remove);
  const app = path.join(folder, template);
  const made = await cli(['init', app, '--template', template, '--path', '/my-app', '--no-install']);
  expect(made, made.stderr).toMatchObject({ code: 0 });
  await symlink(path.join(root, 'node_modules'), path.join(app, 'node_modules'), 'junction');
  return app;
}

async function served(app: string, port = '0'): Promise<Running & { url: string }> {
  const serving = await startServe([app, '--path', '/my-app', '--port', port]);
  onTestFinished(async () => void (await serving.stop()));
  return Object.assign(serving, { url: serving.match[1] ?? '' });
}

async function newPage(colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  const context = await browser.newContext({ colorScheme });
  onTestFinished(() => context.close());
  return context.newPage();
}

const say = async (page: Page, field: string, text: string): Promise<void> => {
  await page.fill(field, text);
  await page.press(field, 'Enter');
};
const messages = (page: Page): Promise<string[]> =>
  page.locator('.message:not([data-sent]) > span:first-child').allTextContents();

describe('the chat in two windows', () => {
  it('joins, talks, tells the news, and loses nothing that is written while the server is away', async () => {
    const app = await madeApp('chat');
    const serving = await served(app);
    const [ann, bob] = await Promise.all([newPage(), newPage('dark')]);
    await Promise.all([ann.goto(serving.url), bob.goto(`${serving.url}#garden`)]);

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
    await served(app, new URL(serving.url).port);
    const all = ['<b>Hello</b>', 'Hello, Ann', 'first', 'second'];
    for (const page of [ann, bob]) await expect.poll(() => messages(page), { timeout: 20_000 }).toEqual(all);
    await expect.poll(() => ann.textContent('#people')).toBe('Ann (you), Bob');
  });
});

describe('Dante over plain WebSockets in a real browser', () => {
  it('goes on where it was when the server dies and is there again', async () => {
    const app = await madeApp('dante-faye');
    const serving = await served(app);
    const page = await newPage();
    const reading = await read(page, serving.url);
    await reading.until(2);
    expect(await page.textContent('#transport')).toBe('WebSocket');
    await page.screenshot({ path: path.join(artefacts, 'dante-faye.png') });
    await serving.stop();
    await page.waitForSelector('[data-state="reconnecting"]');
    await served(app, new URL(serving.url).port);
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
    const app = await madeApp('dante-faye');
    const file = path.join(app, 'web.config');
    await writeFile(file, (await readFile(file, 'utf8')).replace(/<webSocket enabled="false" ?\/>/, ''));
    const { url } = await served(app);
    const page = await newPage();
    await page.goto(url);
    await page.locator('#trouble').waitFor({ state: 'visible' });
    expect(await page.textContent('#trouble')).toContain('<webSocket enabled="false" />');
  });
});

describe('the minimal app in a real browser', () => {
  it('shows to all what one says, as text', async () => {
    const { url } = await served(await madeApp('minimal'));
    const [ann, bob] = await Promise.all([newPage(), newPage()]);
    for (const page of [ann, bob]) {
      await page.goto(url);
      await expect.poll(() => page.textContent('#state')).toBe('Connected');
    }
    await say(ann, '#text', '<i>Midway</i>');
    for (const page of [ann, bob]) await expect.poll(() => page.textContent('#said li')).toBe('<i>Midway</i>');
  });
});
