import { utimesSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { watchFiles } from '../../src/host/backend/watched-files.js';
import { pollingFor } from '../../src/host/iisnode/application.js';
import { serveSite } from '../../src/host/index.js';
import { traceUrl } from '../../src/trace/index.js';
import { FakeClock } from './fake-clock.js';
import { folderWith, serve, webConfig } from './harness.js';
import { app, handlers } from './iisnode-app.js';

it('the URL of the debugger says how to debug today, in trace as in serve', async () => {
  const { get, directory } = await app('<iisnode nodeProcessCommandLine="node --max-old-space-size=99" />');
  const answer = await get('/dante/server.js/debug/?brk');
  expect(answer.status).toBe(200);
  expect(answer.body).toContain('nodeProcessCommandLine="node --max-old-space-size=99 --inspect=127.0.0.1:9229"');
  expect(answer.body).toContain('chrome://inspect');
  const model = serveSite({ directory, vdirPath: '/dante' })();
  expect(traceUrl({ model, url: '/dante/server.js/debug/' }).outcome).toMatchObject({ kind: 'handler', status: 200 });
  const off = await app('<iisnode debuggingEnabled="false" />');
  expect(JSON.parse((await off.get('/dante/server.js/debug/')).body).url).toBe('/dante/server.js/debug/');
});

const asking = `
require('node:http').createServer((request, response) => {
  if (request.url.includes('recycle')) require('node:net').connect(process.env.IISNODE_CONTROL_PIPE).end('Recycle');
  response.end(String(process.pid));
}).listen(process.env.PORT);`;

it('an app that asks for a recycle gets one for all applications of its pool', async () => {
  const folders = [1, 2].map(() =>
    folderWith({
      'server.js': asking,
      'web.config': webConfig(
        `${handlers}<iisnode recycleSignalEnabled="true" idlePageOutTimePeriod="60000" watchedFiles="" />`,
      ),
    }),
  );
  const [directory = '', second = ''] = folders;
  const { get, event } = await serve({ directory, vdirPath: '/a', apps: [{ path: '/b', directory: second }] });
  const pids = async () => [(await get('/a/server.js')).body, (await get('/b/server.js')).body];
  const before = await pids();
  expect((await get('/a/server.js?recycle')).body).toBe(before[0]);
  expect((await event('POOL_RECYCLED')).message).toContain('IISNODE_CONTROL_PIPE');
  const after = await pids();
  expect(after.some((pid) => before.includes(pid))).toBe(false);
  expect((await event('SETTING_NOT_EMULATED')).message).toContain('idlePageOutTimePeriod has no effect');
});

it('files of a network share are compared after each uncFileChangesPollingInterval', () => {
  const folder = folderWith({ 'a.js': '', 'b.txt': '' });
  const clock = new FakeClock();
  const seen: string[] = [];
  const watched = [{ folder, file: '*.js', wildcard: true }];
  const watching = watchFiles(watched, (file) => void seen.push(file), { clock, interval: 5000 });
  utimesSync(path.join(folder, 'a.js'), 1, 1);
  utimesSync(path.join(folder, 'b.txt'), 1, 1);
  clock.advance(4999);
  expect(seen).toEqual([]);
  clock.advance(1);
  expect(seen).toEqual(['*.js']);
  clock.advance(60_000);
  expect(seen).toEqual(['*.js']);
  utimesSync(path.join(folder, 'a.js'), 2, 2);
  watching.close();
  clock.advance(60_000);
  expect(seen).toEqual(['*.js']);
  const idle = watchFiles(watched, (file) => void seen.push(file), { clock, interval: 2 ** 32 - 1 });
  utimesSync(path.join(folder, 'a.js'), 3, 3);
  clock.advance(2 ** 33);
  expect(seen).toEqual(['*.js']);
  idle.close();
});

it.each([
  ['\\\\server\\share\\app\\server.js', true],
  ['\\\\?\\UNC\\server\\share\\server.js', true],
  ['\\\\?\\C:\\app\\server.js', false],
  ['C:\\app\\server.js', false],
  ['Z:\\mapped\\server.js', false],
  ['/srv/app/server.js', false],
])('%s is on a share: %s', (script, isShare) => {
  const clock = new FakeClock();
  const polling = pollingFor(script, { uncFileChangesPollingInterval: 7 }, { clock });
  expect(polling).toEqual(isShare ? { clock, interval: 7 } : undefined);
});
