import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { withBrowser } from '../e2e/browser.js';
import { adopt } from './adopt.js';
import type { AdoptedApp } from './apps.js';
import { converse, staying, transportsOf } from './conversation.js';
import { copyOf, deploy } from './deployed.js';
import { Visitor } from './visitor.js';

/** The tests of a group of apps. */
export function testApps(apps: readonly AdoptedApp[]): void {
  const newPage = withBrowser();
  describe.each(apps)('$name: $style', (app) => {
    it('works at the root of a site', () => works(app, newPage, '/', 1));
    it('works in a virtual directory', () => works(app, newPage, '/app', app.oneProcess === undefined ? 2 : 1));
  });
}

type Screen = NonNullable<AdoptedApp['screen']>;

/** Adopts and deploys the app, has a visitor and clients, recycles it and undeploys it; its files stay as they are. */
async function works(
  app: AdoptedApp,
  newPage: () => Promise<Page>,
  vdirPath: string,
  processes: number,
): Promise<void> {
  const { folder, changed } = await copyOf(app.name);
  adopt(folder, { path: vdirPath, processes });
  const site = await deploy(folder, vdirPath);
  await use(app, site.url);
  if (app.screen !== undefined) await look(app.screen, site.url, await newPage());
  await expect.poll(site.processes).toBe(processes);
  const lasting = app.conversations?.find(({ hears }) => !('refusal' in hears));
  const isBack = lasting && (await staying(lasting, { url: site.url, cookie: '', transport: 'websocket' }));
  site.recycle();
  await isBack?.();
  await use(app, site.url);
  await expect.poll(site.processes).toBe(2 * processes);
  await site.undeploy();
  expect(changed()).toEqual([]);
}

async function look({ url, types, shows }: Screen, base: string, page: Page): Promise<void> {
  await page.goto(base + url.slice(1));
  if (types !== undefined) {
    await page.fill('input', types);
    await page.press('input', 'Enter');
  }
  await expect.poll(() => page.innerText('body'), { message: url }).toContain(shows);
}

/** All that the list says of the app, by a new visitor. */
async function use({ visits = [], conversations = [] }: AdoptedApp, url: string): Promise<void> {
  const visitor = new Visitor(url);
  await visitor.arrive();
  for (const visit of visits) await visitor.visit(visit);
  const cookie = visitor.cookies();
  for (const each of conversations) {
    for (const transport of transportsOf(each)) await converse(each, { url, cookie, transport });
  }
}
