import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { slotOfCookie } from '../../../src/host/iisnode/sticky-session.js';
import { type Site, type SiteOptions, site, until } from './harness.js';

let running: Site | undefined;
const open = async (options: SiteOptions): Promise<Site> => {
  running = await site(options);
  return running;
};
afterEach(() => running?.close());

describe('dispatch', () => {
  it('goes strictly round, from slot 1, and does not set a cookie unless asked to', async () => {
    const dante = await open({ fixture: 'slow.js', settings: { nodeProcessCountPerApplication: 3 } });
    const pids: string[] = [];
    for (let index = 0; index < 6; index++) {
      const { text, headers } = await dante.get();
      pids.push(text);
      expect(headers['set-cookie']).toBeUndefined();
    }
    expect(pids.slice(3)).toEqual(pids.slice(0, 3));
  });

  it('sticky sessions name the slot in a bare cookie, which is followed and not set again', async () => {
    const settings = { nodeProcessCountPerApplication: 3, nodeProcessStickySessions: true };
    const dante = await open({ fixture: 'slow.js', settings });
    const first = await dante.get();
    expect(first.headers['set-cookie']).toEqual(['iisnode.session.cookie=1']);
    const second = await dante.get();
    expect(second.headers['set-cookie']).toEqual(['iisnode.session.cookie=2']);
    const again = await dante.get('/', { Cookie: 'a=b; iisnode.session.cookie=1' });
    expect(again.text).toBe(first.text);
    expect(again.headers['set-cookie']).toBeUndefined();
    expect((await dante.get()).headers['set-cookie'], 'the cookie did not move the counter').toEqual([
      'iisnode.session.cookie=0',
    ]);
  });

  it('refuses requests over maxConcurrentRequestsPerProcess with a real 503.1002, even with developer errors', async () => {
    const dante = await open({ fixture: 'slow.js', settings: { maxConcurrentRequestsPerProcess: 1 } });
    await dante.get();
    const slow = dante.get('/?file=go');
    await until(async () => (await dante.get()).status === 503);
    expect(dante.failures[0]).toMatchObject({
      status: 503,
      subStatus: 1002,
      win32: 1816,
      reason: 'Service Unavailable',
    });
    await dante.get();
    writeFileSync(path.join(dante.folder, 'go'), '');
    expect((await slow).status).toBe(200);
    expect((await dante.get()).status).toBe(200);
    expect(dante.events.map(({ code }) => code)).toEqual(['TOO_MANY_REQUESTS']);
  });

  it('maxConcurrentRequestsPerProcess 0 refuses everything', async () => {
    const dante = await open({ fixture: 'slow.js', settings: { maxConcurrentRequestsPerProcess: 0 } });
    expect((await dante.get()).text).toBe('503.1002');
  });
});

describe('the sticky session cookie', () => {
  it.each([
    [undefined, undefined],
    ['a=b', undefined],
    ['iisnode.session.cookie=2', 2],
    ['a=b; iisnode.session.cookie=1; c=d', 1],
    ['xiisnode.session.cookie=2', 2],
    ['iisnode.session.cookie=', 0],
    ['iisnode.session.cookie=abc', 0],
    ['iisnode.session.cookie=-1', undefined],
    ['iisnode.session.cookie=7', 3],
    ['iisnode.session.cookie=1234567890', undefined],
    ['IISNODE.SESSION.COOKIE=1', undefined],
    ['iisnode.session.cookie', undefined],
  ])('%s asks for slot %s of 4', (header, slot) => {
    expect(slotOfCookie(header, 4)).toBe(slot);
  });
});
