import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { root } from '../support/cli.js';

/** Where screenshots are kept. */
export const artefacts = path.join(root, 'test', 'artefacts');

/** Chromium for the tests of a file; what opens a page that remembers nothing of others and is gone when the test ends. */
export function withBrowser(): (options?: BrowserContextOptions) => Promise<Page> {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  return async (options) => {
    const context = await browser.newContext(options);
    onTestFinished(() => context.close());
    return context.newPage();
  };
}

/** Starts Chromium without its background traffic. CHROMIUM names the program. */
function launch(): Promise<Browser> {
  mkdirSync(artefacts, { recursive: true });
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** What a reader saw, and when (ms since the page was asked for). */
export interface Reading {
  readonly stanzas: readonly { readonly text: string; readonly at: number }[];
  readonly transports: readonly string[];
  /** Resolves when that many stanzas stand on the page. */
  until(count: number): Promise<void>;
  /** Resolves with the number of stanzas when the page has opened another WebSocket and has one stanza more since. */
  untilReconnected(): Promise<number>;
}

/** Opens the page and notes each stanza as it appears. */
export async function read(page: Page, url: string): Promise<Reading> {
  const stanzas: { text: string; at: number }[] = [];
  const transports: string[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const started = performance.now();
  page.on('websocket', (socket) => transports.push(new URL(socket.url()).searchParams.get('transport') ?? 'none'));
  await page.exposeFunction('stanzaSeen', (text: string) => {
    stanzas.push({ text, at: performance.now() - started });
    for (const each of waiting.splice(0)) {
      if (stanzas.length >= each.count) each.resolve();
      else waiting.push(each);
    }
  });
  await page.addInitScript(`addEventListener('DOMContentLoaded', () => {
    const canto = document.getElementById('canto');
    new MutationObserver((changes) => {
      for (const change of changes) for (const node of change.addedNodes) window.stanzaSeen(node.textContent);
    }).observe(canto, { childList: true });
  });`);
  const response = await page.goto(url);
  if (response?.status() !== 200) throw new Error(`${url} answered ${response?.status()}`);
  const until = (count: number): Promise<void> =>
    stanzas.length >= count
      ? Promise.resolve()
      : new Promise((resolve) => {
          waiting.push({ count, resolve });
        });
  return {
    stanzas,
    transports,
    until,
    untilReconnected: async () => {
      if (transports.length < 2) await page.waitForEvent('websocket');
      await until(stanzas.length + 1);
      return stanzas.length;
    },
  };
}
