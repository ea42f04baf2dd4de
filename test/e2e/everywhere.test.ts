import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createClient } from '@redis/client';
import type { Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RedisServer } from '../redis/redis-server.js';
import { start } from '../support/cli.js';
import { freePort } from '../support/free-port.js';
import { madeApp, served } from '../templates/real-app.js';
import { read, withBrowser } from './browser.js';

const newPage = withBrowser();

/** The URL of the app: below a virtual directory, as the site itself, or without any IIS. */
async function running(template: string, where: string): Promise<string> {
  const vdirPath = where === 'in a virtual directory' ? '/My App' : '/';
  const app = await madeApp(template, '--path', vdirPath);
  if (where !== 'by itself') return (await served(app, vdirPath)).url;
  const { main } = JSON.parse(readFileSync(path.join(app, 'package.json'), 'utf8')) as { main: string };
  const environment = { PORT: '0', virtualDirPath: undefined };
  const own = await start(process.execPath, [main], /(?:localhost|port): ?(\d+)/, { cwd: app, environment });
  onTestFinished(async () => void (await own.stop('SIGKILL')));
  return `http://127.0.0.1:${own.match[1]}/`;
}

async function reads(url: string): Promise<void> {
  const reading = await read(await newPage(), url);
  await reading.until(2);
  expect(reading.stanzas[0]?.text).toContain('Midway upon the journey of our life');
}

async function join(page: Page, url: string, name: string): Promise<void> {
  await page.goto(url);
  await page.fill('#room', 'hell');
  await page.fill('#name', name);
  await page.press('#name', 'Enter');
  await page.waitForSelector('#talk:not([hidden])');
}

/** Two talk with each other in the chat. */
async function talk(url: string): Promise<void> {
  const [dante, virgil] = [await newPage(), await newPage()];
  await join(dante, url, 'Dante');
  await join(virgil, url, 'Virgil');
  await expect.poll(() => dante.textContent('#people')).toBe('Dante (you), Virgil');
  await dante.fill('#text', 'Have pity on me');
  await dante.press('#text', 'Enter');
  await expect.poll(() => virgil.locator('.message > span:first-child').allTextContents()).toEqual(['Have pity on me']);
}

async function says(url: string): Promise<void> {
  const page = await newPage();
  await page.goto(url);
  await page.fill('input', 'Abandon all hope');
  await page.press('input', 'Enter');
  await expect.poll(() => page.textContent('body')).toContain('Abandon all hope');
}

const works = { dante: reads, 'dante-faye': reads, chat: talk, minimal: says };

describe.each(Object.entries(works))('the template %s in a real browser', (template, does) => {
  it.each(['in a virtual directory', 'at the root of a site', 'by itself'])('works %s', async (where) => {
    await does(await running(template, where));
  });
});

describe('the chat over two node processes and Redis', () => {
  it('lets two browsers at different processes talk', async () => {
    const redis = new RedisServer(await freePort());
    await redis.start();
    onTestFinished(() => redis.remove());
    const app = await madeApp('chat', '--path', '/hell', '--processes', '2', '--adapter', 'redis');
    const webConfig = path.join(app, 'web.config');
    writeFileSync(webConfig, readFileSync(webConfig, 'utf8').replace('redis://localhost:6379', redis.url));
    const { url } = await served(app, '/hell');
    const [dante, virgil] = [await newPage(), await newPage()];
    await join(dante, url, 'Dante');
    // iisnode rotates requests strictly. A page makes an even number of them, its WebSocket last: one more between two pages, and
    // their WebSockets are at different processes.
    await fetch(url);
    await join(virgil, url, 'Virgil');
    await expect.poll(() => dante.textContent('#people')).toBe('Dante (you), Virgil');
    for (const [from, to, text] of [
      [dante, virgil, 'Art thou that Virgilius'],
      [virgil, dante, 'Not man; man once I was'],
    ] as const) {
      await from.fill('#text', text);
      await from.press('#text', 'Enter');
      await expect.poll(() => to.locator('.message > span:first-child').allTextContents()).toContain(text);
    }
    // Each message in the stream names the process that put it there.
    const client = await createClient({ url: redis.url }).connect();
    onTestFinished(() => client.destroy());
    const stream = (await client.xRange('socket.io:hell', '-', '+')) ?? [];
    const sent = stream.map(({ message }) => message).filter(({ data }) => /Virgilius|once I was/.test(String(data)));
    expect(new Set(sent.map(({ uid }) => String(uid))).size).toBe(2);
  });
});
