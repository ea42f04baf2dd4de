import path from 'node:path';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cli, temporaryFolder } from '../support/cli.js';
import { madeApp, served } from '../templates/real-app.js';
import { artefacts, read, withBrowser } from './browser.js';

const newPage = withBrowser();

const phone: BrowserContextOptions = { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true };
const views: readonly (readonly [string, BrowserContextOptions])[] = [
  ['a desktop, light', { viewport: { width: 1280, height: 800 } }],
  ['a desktop, dark', { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' }],
  ['a wide desktop', { viewport: { width: 2200, height: 1200 } }],
  ['a tablet', { viewport: { width: 768, height: 1024 } }],
  ['a phone, light', phone],
  ['a phone, dark', { ...phone, colorScheme: 'dark' }],
];

async function boxOf(locator: Locator): Promise<{ left: number; right: number; top: number; bottom: number }> {
  const box = await locator.boundingBox();
  if (box === null) throw new Error('it is not shown');
  return { left: box.x, right: box.x + box.width, top: box.y, bottom: box.y + box.height };
}

const scrollOf = (page: Page): Promise<number> => page.evaluate('window.scrollY');

/** The page of a template in a virtual directory; and what ends its server. */
async function shown(template: string, options?: BrowserContextOptions) {
  const { url, serving } = await served(await madeApp(template, '--path', '/app'), '/app');
  const page = await newPage(options);
  return { page, url, stop: () => serving.stop() };
}

describe('the page of Dante', () => {
  it.each(views)(
    'on %s has its bar in line with the poem, and nothing wider than the window',
    async (name, options) => {
      const { page, url } = await shown('dante', options);
      const reading = await read(page, url);
      await reading.until(2);
      const [poem, bar, dot, button, verse] = await Promise.all(
        ['#canto', '.bar', '.bar .dot', '#follow', '.canto .line'].map((each) => boxOf(page.locator(each).first())),
      );
      for (const side of ['left', 'right'] as const)
        expect(Math.abs((bar?.[side] ?? 0) - (poem?.[side] ?? 1e9))).toBeLessThan(1);
      expect(Math.abs((dot?.left ?? 0) - (verse?.left ?? 1e9))).toBeLessThan(1);
      expect(Math.abs((button?.right ?? 0) - (poem?.right ?? 1e9))).toBeLessThan(1);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      await page.screenshot({ path: path.join(artefacts, `dante on ${name}.png`) });
    },
  );

  it('stays where the reader is once the reader asks for it, says how much is new, and follows again', async () => {
    const { page, url } = await shown('dante', { ...phone, reducedMotion: 'reduce' });
    const reading = await read(page, url);
    await reading.until(4);
    await page.getByRole('button', { name: 'Stay here' }).click();
    const before = await scrollOf(page);
    await reading.until(6);
    expect(await scrollOf(page)).toBe(before);
    await page.getByRole('button', { name: /^Follow \(\d+ new\)$/ }).click();
    const atEnd = 'innerHeight + scrollY >= document.documentElement.scrollHeight - 2';
    await expect.poll(() => page.evaluate(atEnd)).toBe(true);
    expect(await scrollOf(page)).toBeGreaterThan(before);
    await reading.until(8);
    await expect.poll(() => page.evaluate(atEnd)).toBe(true);
  });

  it('stays where the reader has scrolled to, and follows again from the end on', async () => {
    const { page, url } = await shown('dante', { viewport: { width: 900, height: 500 }, reducedMotion: 'reduce' });
    const reading = await read(page, url);
    await reading.until(4);
    await page.mouse.move(400, 200);
    await page.mouse.wheel(0, -300);
    await page.getByRole('button', { name: 'Follow' }).waitFor();
    const before = await scrollOf(page);
    await reading.until(6);
    expect(await scrollOf(page)).toBe(before);
    await page.mouse.wheel(0, 5000);
    await page.getByRole('button', { name: 'Stay here' }).waitFor();
  });

  it('on a phone shows a lost connection above the bar, with the reason that is true', async () => {
    const { page, url, stop } = await shown('dante', phone);
    const reading = await read(page, url);
    await reading.until(3);
    await stop();
    const trouble = page.locator('#trouble');
    await trouble.waitFor({ state: 'visible' });
    expect(await trouble.textContent()).toMatch(/^The server does not answer; still trying\.There is no answer from /);
    const [box, bar] = [await boxOf(trouble), await boxOf(page.locator('.bar'))];
    expect(box.top).toBeGreaterThan(0);
    expect(box.bottom).toBeLessThanOrEqual(bar.top);
    expect(bar.bottom).toBeLessThanOrEqual(640);
    await page.screenshot({ path: path.join(artefacts, 'dante lost on a phone.png') });
  });

  it('says that the pool is stopped when it is, blames no web.config, and goes on when the pool is started', async () => {
    const { folder, remove } = await temporaryFolder();
    onTestFinished(remove);
    const environment = { IISNODE_SOCK_HOME: path.join(folder, 'iis') };
    const app = await madeApp('dante', '--path', '/dante');
    const deployed = await cli(['deploy', app, '--port', '0'], { environment });
    onTestFinished(async () => void (await cli(['undeploy', app], { environment })));
    expect(deployed, deployed.stderr).toMatchObject({ code: 0 });
    const appcmd = async (verb: string) =>
      expect(await cli(['appcmd', verb, 'apppool', 'dante'], { environment })).toMatchObject({ code: 0 });
    const page = await newPage();
    const reading = await read(page, /http:\/\/127\.0\.0\.1:\d+\/dante\//.exec(deployed.stdout)?.[0] ?? '');
    await reading.until(2);
    await appcmd('stop');
    const trouble = page.locator('#trouble');
    await trouble.waitFor({ state: 'visible' });
    expect(await trouble.textContent()).toBe(
      'The app is stopped or busy; still trying.The server answers 503: its application pool is stopped, or full.',
    );
    const seen = reading.stanzas.length; // on a busy machine more than two come before the pool is stopped
    await appcmd('start');
    await reading.until(seen + 1);
    expect(await trouble.isVisible()).toBe(false);
  });
});

/** Buttons of the page that are shown and smaller than a finger. */
const smallButtons = (page: Page): Promise<unknown> =>
  page.evaluate(`[...document.querySelectorAll('button')]
    .map((button) => ({ text: button.textContent, ...button.getBoundingClientRect().toJSON() }))
    .filter(({ width, height }) => width > 0 && (width < 44 || height < 44))`);

describe('on a phone', () => {
  it.each(['dante', 'dante-faye', 'minimal'])(
    'every button of %s is at least 44 pixels wide and high',
    async (template) => {
      const { page, url } = await shown(template, phone);
      await page.goto(url);
      await page.locator('button').first().waitFor({ state: 'visible' });
      expect(await smallButtons(page)).toEqual([]);
    },
  );

  it('every button of the chat is at least 44 pixels wide and high, and a lost connection is seen wherever the page is scrolled to', async () => {
    const { page, url, stop } = await shown('chat', phone);
    await page.goto(url);
    expect(await smallButtons(page)).toEqual([]);
    await page.fill('#name', 'Dante');
    await page.press('#name', 'Enter');
    await page.waitForSelector('#talk:not([hidden])');
    expect(await smallButtons(page)).toEqual([]);
    await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
    await stop();
    const trouble = page.locator('#trouble');
    await trouble.waitFor({ state: 'visible' });
    expect(await trouble.textContent()).toMatch(/^The server does not answer; still trying\./);
    const { top, bottom } = await boxOf(trouble);
    expect(top).toBeGreaterThanOrEqual(0);
    expect(bottom).toBeLessThanOrEqual(640);
  });
});

describe('the news of the chat', () => {
  it('say that there are none yet, until there is one', async () => {
    const { page, url } = await shown('chat');
    await page.goto(url);
    const none = page.getByText('No headlines yet. Post the first one.');
    await none.waitFor({ state: 'visible' });
    await page.fill('#headline', 'Poet lost in a forest');
    await page.press('#headline', 'Enter');
    await page.locator('#headlines li').waitFor();
    expect(await none.isVisible()).toBe(false);
  });
});

describe('the minimal page', () => {
  it.each(['light', 'dark'] as const)('has a placeholder that can be read (%s)', async (colorScheme) => {
    const { page, url } = await shown('minimal', { colorScheme });
    await page.goto(url);
    const [ink, opacity, paper] = (await page.evaluate(`(() => {
      const style = getComputedStyle(document.getElementById('text'), '::placeholder');
      return [style.color, style.opacity, getComputedStyle(document.getElementById('text')).backgroundColor];
    })()`)) as [string, string, string];
    expect(contrast(channels(ink), channels(paper), Number(opacity))).toBeGreaterThan(4.5);
  });
});

const channels = (color: string): number[] => [...color.matchAll(/[\d.]+/g)].slice(0, 3).map(Number);

/** WCAG's contrast of a text with its background, the text being this opaque. */
function contrast(ink: readonly number[], paper: readonly number[], opacity: number): number {
  const mixed = ink.map((value, at) => value * opacity + (paper[at] ?? 0) * (1 - opacity));
  const [light = 0, dark = 0] = [luminance(mixed), luminance(paper)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(rgb: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = rgb.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
