import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { withBrowser } from '../e2e/browser.js';
import { adopt } from './adopt.js';
import { converse, pathOf, staying, transportsOf } from './conversation.js';
import { copyOf } from './copy.js';
import { deploy } from './deployed.js';
import type { AdoptedApp, Screen } from './list/adopted-app.js';
import { Visitor } from './visitor.js';

/** The tests of a group of apps. */
export function testApps(apps: readonly AdoptedApp[]): void {
  const newPage = withBrowser();
  describe.each(apps)('$name: $style', (app) => {
    it('works at the root of a site', () => works(app, newPage, { path: '/', processes: 1 }));
    const what = app.vdir === undefined ? 'works in a virtual directory' : 'works there but for what it cannot';
    it(what, () => works(app, newPage, { path: '/app', processes: 2 }));
  });
}

/** Adopts and deploys the app, has a visitor and clients, recycles it and undeploys it; its own files stay as they are. */
async function works(
  app: AdoptedApp,
  newPage: () => Promise<Page>,
  how: { path: string; processes: number },
): Promise<void> {
  const { folder, changed } = await copyOf(app.name);
  const { hasLoader, told } = await adopt(folder, how);
  const tells = [...(app.told ?? []), ...(how.path === '/' ? [] : (app.vdir?.told ?? []))];
  expect(told).toEqual(tells.toSorted());
  // What cannot work there is an error of the doctor; the rest of the app works all the same.
  const forced = how.path !== '/' && app.vdir !== undefined ? ['--force'] : [];
  const site = await deploy(folder, how.path, forced);
  const visitor = await use(app, site.url);
  if (app.screen !== undefined) {
    const screen = how.path === '/' ? app.screen : { ...app.screen, ...app.vdir?.screen };
    await look(screen, site.url, await newPage());
  }
  await expect.poll(site.processes).toBe(how.processes);
  // iisnode tells no client that its process has ended; the loader does.
  const comesBack = hasLoader ? await stay(app, site.url, visitor) : undefined;
  site.recycle();
  await comesBack?.();
  await use(app, site.url);
  await expect.poll(site.processes).toBe(2 * how.processes);
  checkWords(site.said(), hasLoader ? app.says : []);
  await site.undeploy();
  expect(changed()).toEqual([]);
}

/** All that the list says of the app, by a new visitor. */
export async function use(
  { visits = [], conversations = [] }: Pick<AdoptedApp, 'visits' | 'conversations'>,
  url: string,
): Promise<Visitor> {
  const visitor = new Visitor(url);
  const [first] = conversations;
  if (visits.length === 0 && first?.client !== 'ws' && first !== undefined) {
    await visitor.arrive(`${pathOf(first)}/?EIO=4&transport=polling`);
  }
  for (const visit of visits) await visitor.visit(visit);
  for (const each of conversations) {
    const cookie = each.stranger ? '' : visitor.cookies(`${pathOf(each)}/`);
    for (const transport of transportsOf(each)) await converse(each, { url, cookie, transport });
  }
  return visitor;
}

/** Has a client that is connected during a recycle; gives what waits until it is connected again. */
async function stay(
  { conversations = [], forgets }: AdoptedApp,
  url: string,
  visitor: Visitor,
): Promise<() => Promise<void>> {
  const lasting = conversations.find(({ hears }) => !('refusal' in hears));
  const transport = lasting && transportsOf(lasting).at(-1);
  if (lasting === undefined || transport === undefined) return async () => {};
  const cookie = visitor.cookies(`${pathOf(lasting)}/`);
  return staying(lasting, { url, cookie, transport }, forgets === undefined);
}

async function look({ url, types, shows, link }: Screen, base: string, page: Page): Promise<void> {
  const comes = (text: string): Promise<void> =>
    expect.poll(() => page.innerText('body'), { message: page.url() }).toContain(text);
  await page.goto(base + url.slice(1));
  if (types !== undefined) {
    await page.fill('input', types);
    await page.press('input', 'Enter');
  }
  await comes(shows);
  if (link === undefined) return;
  await page.click(`text=${link.text}`);
  await comes(link.shows);
}

/** The loader says what the list says, and nothing else. */
export function checkWords(said: readonly string[], says: readonly RegExp[] = []): void {
  const unexpected = said.filter((line) => !says.some((each) => each.test(line)));
  const missing = says.filter((each) => !said.some((line) => each.test(line)));
  expect({ unexpected, missing }).toEqual({ unexpected: [], missing: [] });
}
