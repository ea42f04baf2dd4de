import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../support/cli.js';
import { client, doctored, madeApp, next, ownTests, served } from './real-app.js';

describe('the minimal app', () => {
  it.each(['/minimal', '/My App', '/ünïcode', '/a/b', '/app[1]', '/'])(
    'at %s broadcasts messages, in any spelling',
    async (vdirPath) => {
      const app = await madeApp('minimal', '--path', vdirPath);
      expect(await doctored(app)).toEqual({ code: 0, findings: [] });
      const { origin, url } = await served(app, vdirPath);
      const below = new URL(url).pathname;
      const shouted = encodeURI(decodeURI(below).toUpperCase());
      for (const page of [below, shouted]) {
        const response = await fetch(origin + page);
        expect([page, response.status, await response.text()]).toEqual([
          page,
          200,
          expect.stringContaining('<h1>Minimal'),
        ]);
      }
      const ann = client(origin, { path: `${below}socket.io` });
      const bob = client(origin, { path: `${shouted}socket.io` });
      await Promise.all([next(ann, 'connect'), next(bob, 'connect')]);
      const heard = Promise.all([next(ann, 'said'), next(bob, 'said')]);
      await ann.timeout(30_000).emitWithAck('say', 'Midway upon the journey of our life');
      expect(await heard).toEqual(Array(2).fill('Midway upon the journey of our life'));
    },
  );

  it('passes the tests that its user gets', async () => {
    await ownTests(await madeApp('minimal'));
  });

  it('is as small as documented', () => {
    const lines = readFileSync(path.join(root, 'templates/minimal/server.js'), 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(60);
  });
});
