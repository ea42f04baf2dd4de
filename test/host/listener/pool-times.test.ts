import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { applicationHostText } from '../../../src/config/index.js';
import type { HostEvent } from '../../../src/host/index.js';
import { systemClock } from '../../../src/host/index.js';
import type { PoolSettings } from '../../../src/host/listener/pool-settings.js';
import { PoolTimes } from '../../../src/host/listener/pool-times.js';
import { FakeClock } from '../fake-clock.js';
import { exchange, folderWith, put, serve } from '../harness.js';
import { config, off, script } from '../iisnode-app.js';

const minute = 60_000;
const hour = 60 * minute;

const defaults: PoolSettings = {
  name: 'P',
  queueLength: 1000,
  isAlwaysRunning: false,
  idleTimeout: 20 * minute,
  isSuspended: false,
  restartAfter: 29 * hour,
  restartRequests: 0,
  restartMemory: 0,
  restartPrivateMemory: 0,
  schedule: [],
  rapidFailProtection: true,
  mostCrashes: 5,
  crashInterval: 5 * minute,
  resetsConnections: false,
};

/** The times of a pool, and what they made the host do. */
function timesOf(own: Partial<PoolSettings> = {}, start = 0) {
  const clock = new FakeClock(start);
  const done: string[] = [];
  const events: HostEvent[] = [];
  let settings = { ...defaults, ...own };
  const times: PoolTimes = new PoolTimes(clock, true, {
    settings: () => settings,
    recycle: () => {
      done.push('recycle');
      times.ended('P');
    },
    end: () => {
      done.push('end');
      times.ended('P');
    },
    kill: () => void done.push('kill'),
    stop: () => void done.push('stop'),
    event: (event) => void events.push(event),
  });
  const set = (more: Partial<PoolSettings>): void => {
    settings = { ...settings, ...more };
    times.changed();
  };
  return { clock, done, events, times, set };
}

describe('the worker process of a pool', () => {
  it('ends 20 minutes after the end of its last request, not while a socket is open', () => {
    const { clock, done, events, times } = timesOf();
    const close = times.enter('p');
    clock.advance(2 * hour);
    close();
    clock.advance(19 * minute);
    times.enter('P')();
    clock.advance(20 * minute - 1);
    expect(done).toEqual([]);
    clock.advance(1);
    expect(done).toEqual(['end']);
    expect(events[0]).toMatchObject({
      code: 'POOL_IDLE',
      message: expect.stringContaining('no request for 20 minutes'),
    });
    expect(events[0]?.message).toContain('appcmd set apppool "P" /processModel.idleTimeout:00:00:00');
    clock.advance(48 * hour);
    expect(done).toEqual(['end']);
  });

  it.each<[string, Partial<PoolSettings>, number, string[], string]>([
    [
      'is recycled after 29 hours',
      { idleTimeout: 0 },
      29 * hour,
      ['recycle'],
      'after 29 hours (recycling.periodicRestart.time)',
    ],
    ['has no end with both times at 0', { idleTimeout: 0, restartAfter: 0 }, 900 * hour, [], ''],
    ['stays when it is to be suspended, which is said', { isSuspended: true }, 20 * minute, [], 'is not emulated'],
  ])('%s', (_name, own, wait, wanted, text) => {
    const { clock, done, events, times } = timesOf(own);
    times.enter('P')();
    clock.advance(wait - 1);
    expect(done).toEqual([]);
    clock.advance(1);
    expect(done).toEqual(wanted);
    expect(events.map(({ message }) => message).join()).toContain(text);
  });

  it('is recycled at the times of the schedule, each day', () => {
    const start = new Date(2026, 5, 1, 12, 0).getTime();
    const { clock, done, events, times } = timesOf({ idleTimeout: 0, restartAfter: 0, schedule: [3 * hour] }, start);
    times.enter('P');
    clock.advance(15 * hour - 1);
    expect(done).toEqual([]);
    clock.advance(1);
    times.enter('P');
    clock.advance(24 * hour);
    expect(done).toEqual(['recycle', 'recycle']);
    expect(events[0]?.message).toContain('at 03:00:00 (recycling.periodicRestart.schedule)');
  });

  it('is recycled after a number of requests', () => {
    const { done, events, times } = timesOf({ restartRequests: 3 });
    for (let count = 0; count < 7; count++) times.enter('P')();
    expect(done).toEqual(['recycle', 'recycle']);
    expect(events[0]?.message).toContain('after 3 requests (recycling.periodicRestart.requests)');
  });

  it('has limits of memory that do not concern node, which is said once', () => {
    const { clock, done, events, times } = timesOf({
      restartMemory: 100,
      restartPrivateMemory: 200,
      restartRequests: 2,
    });
    for (let count = 0; count < 5; count++) times.enter('P')();
    clock.advance(hour);
    const said = events.filter(({ code }) => code === 'POOL_MEMORY_LIMIT');
    expect(said).toMatchObject([
      { message: expect.stringMatching(/memory 100 kB, privateMemory 200 kB\).*w3wp\.exe alone/) },
    ]);
    expect(done).toEqual(['recycle', 'recycle', 'end']);
    const { events: none, times: without } = timesOf();
    without.enter('P');
    expect(none).toEqual([]);
  });

  it('obeys settings that change while it runs', () => {
    const { clock, done, times, set } = timesOf();
    times.enter('P')();
    set({ idleTimeout: 0, restartAfter: hour });
    clock.advance(hour);
    expect(done).toEqual(['recycle']);
  });

  it('is not started again after 5 crashes in 5 minutes', () => {
    const { clock, done, events, times } = timesOf();
    for (const wait of [0, 3, 3, 1, 1, 0]) {
      clock.advance(wait * minute);
      times.crashed('P', 'x.');
    }
    expect(done).toEqual(['kill', 'kill', 'kill', 'kill', 'kill', 'kill']);
    times.crashed('P', 'x.');
    expect(done.at(-1)).toBe('stop');
    expect(events.at(-1)).toMatchObject({ code: 'POOL_STOPPED', level: 'error' });
    expect(events.at(-1)?.message).toMatch(
      /5 crashes of its worker process within 5 minutes.*appcmd start apppool "P"/,
    );
  });

  it('is always started again without rapid-fail protection', () => {
    const { done, times } = timesOf({ rapidFailProtection: false });
    for (let count = 0; count < 9; count++) times.crashed('P', 'x.');
    expect(done).not.toContain('stop');
  });
});

it('a clock with a scale runs faster', async () => {
  const clock = systemClock(1_000_000);
  const before = clock.now();
  await new Promise<void>((resolve) => clock.after(29 * hour, resolve));
  expect(clock.now() - before).toBeGreaterThanOrEqual(29 * hour);
});

/** An app whose pool has these attributes and elements in applicationHost.config. */
async function inPool(pool: string, web: string, clock: FakeClock, runtime = '') {
  const directory = folderWith({ 'server.js': script, 'web.config': config(web), 'a.html': 'static' });
  const text = applicationHostText({
    unlocked: true,
    pools: ['DefaultAppPool'],
    sites: [
      {
        name: 'Default Web Site',
        id: 1,
        bindings: [{ protocol: 'http', information: '*:80:' }],
        applications: [{ path: '/', physicalPath: directory }],
      },
    ],
  });
  const written = text
    .replace('<add name="DefaultAppPool" />', pool)
    .replace('<serverRuntime />', `<serverRuntime ${runtime} />`);
  expect(written).not.toBe(text);
  put(directory, 'applicationHost.config', written);
  const host = await serve(
    { directory, vdirPath: '/', applicationHostFile: path.join(directory, 'applicationHost.config') },
    undefined,
    { clock },
  );
  const pid = async (): Promise<number> => JSON.parse((await host.get('/server.js')).body).pid;
  return { ...host, pid };
}

describe('the embedded IIS', () => {
  it('ends node with an idle worker process, and recycles it after its time', async () => {
    const clock = new FakeClock();
    const { pid, host, event } = await inPool(
      '<add name="DefaultAppPool"><recycling><periodicRestart time="00:10:00" /></recycling></add>',
      '',
      clock,
    );
    const first = await pid();
    clock.advance(10 * minute);
    expect(host.processes().filter((one) => one.pid === first && one.active > 0)).toEqual([]);
    expect((await event('POOL_RECYCLED')).message).toContain('after 10 minutes');
    const second = await pid();
    expect(second).not.toBe(first);
    expect(await pid()).toBe(second);
  });

  it('stops a pool whose worker process crashes again and again, until it is started', async () => {
    const clock = new FakeClock();
    const long = `node ${'--no-warnings '.repeat(40)}`.trim();
    const { get, host, event, events } = await inPool(
      '<add name="DefaultAppPool"><failure rapidFailProtectionMaxCrashes="2" loadBalancerCapabilities="HttpLevel" /></add>',
      `<iisnode debugHeaderEnabled="true" nodeProcessCommandLine="${long}" />`,
      clock,
    );
    for (const _crash of [1, 2]) await expect(get('/server.js')).rejects.toThrow();
    expect((await event('WORKER_CRASHED')).message).toContain('Remove debugHeaderEnabled');
    expect((await event('POOL_STOPPED')).message).toContain('2 crashes');
    expect(host.processes()).toEqual([]);
    expect(await get('/a.html')).toMatchObject({
      status: 503,
      body: expect.stringContaining('The service is unavailable'),
    });
    expect(host.stoppedPools).toEqual(['DefaultAppPool']);
    await host.setState('apppool', 'DefaultAppPool', true);
    expect(host.stoppedPools).toEqual([]);
    expect(await get('/a.html')).toMatchObject({ status: 200 });
    expect(events.filter(({ code }) => code === 'POOL_STOPPED')).toHaveLength(1);
  });

  it('resets connections to a stopped pool where loadBalancerCapabilities says so', async () => {
    const pool = '<add name="DefaultAppPool"><failure loadBalancerCapabilities="TcpLevel" /></add>';
    const { port, host } = await inPool(pool, '', new FakeClock());
    await host.setState('apppool', 'DefaultAppPool', false);
    const text = await exchange(port, 'GET /a.html HTTP/1.1\r\nHost: x\r\n\r\n').catch((error: Error) => error.message);
    expect(text).not.toContain('503');
  });

  it('answers 503.2 beyond appConcurrentRequestLimit, which open sockets count for', async () => {
    const { port, get, event } = await inPool(
      '<add name="DefaultAppPool" autoStart="true" />',
      off,
      new FakeClock(),
      'appConcurrentRequestLimit="1"',
    );
    const { connect } = await import('node:net');
    const socket = connect(port, '127.0.0.1');
    socket.write(
      'GET /server.js HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    await new Promise((resolve) => socket.once('data', resolve));
    expect(await get('/a.html')).toMatchObject({ status: 503, code: '503.2' });
    expect((await event('REQUEST_FAILED')).message).toContain('the limit of appConcurrentRequestLimit');
    socket.destroy();
  });
});
