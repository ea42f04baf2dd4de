import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Running, start } from '../support/cli.js';
import { Clock } from '../support/clock.js';
import { freePort } from '../support/free-port.js';
import { type ScaffoldedApp, scaffolded } from '../support/scaffolded.js';
import { proxyTo } from '../templates/dante/proxy.js';
import { comesAfter, startServer, ticksPerInterval, view } from '../templates/dante/server.js';
import { ownTests } from '../templates/real-app.js';
import { RedisServer } from './redis-server.js';

async function redisServer(): Promise<RedisServer> {
  const redis = new RedisServer(await freePort());
  onTestFinished(() => redis.remove());
  return redis;
}

async function dante(): Promise<ScaffoldedApp> {
  const app = await scaffolded('dante', { adapter: 'redis', path: '/' });
  onTestFinished(app.remove);
  return app;
}

async function started(app: ScaffoldedApp, redis: string, interval = 2000): Promise<Running & { port: number }> {
  const running = await start(process.execPath, ['server-socketio.js'], /http:\/\/localhost:(\d+)\//, {
    cwd: app.folder,
    environment: { PORT: '0', REDIS_URL: redis, STANZA_INTERVAL: `${interval}` },
  });
  onTestFinished(async () => void (await running.stop('SIGKILL')));
  return { ...running, port: Number(running.match[1]) };
}

const says = (running: Running, words: string): Promise<void> => expect.poll(() => running.output()).toContain(words);

describe('Dante with Redis', () => {
  it('passes the tests that its user gets, with Redis', async () => {
    const redis = await redisServer();
    await redis.start();
    vi.stubEnv('REDIS_URL', redis.url);
    onTestFinished(() => void vi.unstubAllEnvs());
    await ownTests((await dante()).folder);
  });

  it('ends with 0 on a signal, with Redis up, down, or never there', async () => {
    const app = await dante();
    const redis = await redisServer();
    const never = await started(app, redis.url);
    await says(never, 'is away');
    expect(await never.stop('SIGTERM'), never.output()).toBe(0);
    await redis.start();
    const [there, away] = [await started(app, redis.url), await started(app, redis.url)];
    await Promise.all([says(there, 'is connected'), says(away, 'is connected')]);
    expect(await there.stop('SIGTERM'), there.output()).toBe(0);
    await redis.kill();
    await says(away, 'is away');
    expect(await away.stop('SIGTERM'), away.output()).toBe(0);
  });

  it.each([
    ['that prints its address', {}],
    ['that does not', { auth: {} }],
  ])(
    'leaves no stanza out for one %s, whose connection is restored by what the app sends to all',
    async (_, options) => {
      const app = await dante();
      const redis = await redisServer();
      await redis.start();
      // Redis forgets a connection that was lost an interval ago, by its own clock: the tests do not wait for it.
      const interval = 60_000;
      const entry = path.join(app.folder, 'server-socketio.js');
      appendFileSync(entry, `setInterval(() => io.emit('news', 'none'), ${interval / 10});\n`);
      const [port, clock] = [await freePort(), new Clock()];
      const environment = { PORT: `${port}`, REDIS_URL: redis.url, STANZA_INTERVAL: `${interval}` };
      const server = await startServer(environment, entry, clock);
      onTestFinished(async () => void (await server.kill()));
      await expect.poll(() => server.said()).toContain('is connected');
      const { url, links } = await proxyTo(() => port);
      const viewer = view(url, { reconnection: false, ...options }, clock.now);
      let news = 0;
      viewer.socket.on('news', () => {
        news += 1;
      });
      await viewer.until(() => viewer.socket.connected);
      await comesAfter(viewer, 1, interval / ticksPerInterval, clock);
      await comesAfter(viewer, 2, interval, clock);
      await clock.advance(0.75 * interval);
      await expect.poll(() => news).toBe(17);
      const lost = once(viewer.socket as unknown as NodeJS.EventEmitter, 'disconnect');
      links[0]?.cut();
      await lost;
      await clock.advance(0.5 * interval); // The third stanza is sent meanwhile.
      await viewer.comeBack();
      expect(viewer.socket.recovered).toBe(true);
      await comesAfter(viewer, 3, interval / ticksPerInterval, clock);
      for (const count of [4, 5]) await comesAfter(viewer, count, interval, clock);
      expect(viewer.received).toEqual([0, 1, 2, 3, 4]);
    },
  );

  it('delivers broadcasts sent while a process had lost Redis, although it had read nothing before', async () => {
    const app = await dante();
    const redis = await redisServer();
    await redis.start();
    appendFileSync(
      path.join(app.folder, 'server-socketio.js'),
      "process.on('SIGUSR2', () => io.emit('news', 'the Redis of the other one is away'));\n",
    );
    const nobody = await freePort();
    let target = redis.port;
    const { url, links } = await proxyTo(() => target);
    const here = await started(app, redis.url);
    const there = await started(app, url.replace('http', 'redis'));
    await Promise.all([says(here, 'is connected'), says(there, 'is connected')]);
    const viewer = view(`http://127.0.0.1:${there.port}`);
    const heard: string[] = [];
    viewer.socket.on('news', (text: string) => heard.push(text));
    await viewer.until(() => viewer.stanzas.length === 1);
    target = nobody;
    for (const link of links) link.cut();
    await says(there, 'is away');
    here.child.kill('SIGUSR2');
    await viewer.until(() => viewer.stanzas.length === 2);
    target = redis.port;
    await says(there, 'is back');
    await expect.poll(() => heard).toHaveLength(1);
  });
});
