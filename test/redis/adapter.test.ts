import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Running, start } from '../support/cli.js';
import { freePort } from '../support/free-port.js';
import { type ScaffoldedApp, scaffolded } from '../support/scaffolded.js';
import { ownTests } from '../templates/real-app.js';
import { RedisServer } from './redis-server.js';

let app: ScaffoldedApp;
beforeAll(async () => {
  app = await scaffolded('chat', { adapter: 'redis', path: '/' });
});
afterAll(() => app.remove());

async function redisServer(): Promise<RedisServer> {
  const redis = new RedisServer(await freePort());
  onTestFinished(() => redis.remove());
  return redis;
}

/** One process of the chat, on its own port; a second one simulates another machine. */
async function chatProcess(redis: string, virtualDirPath = '/'): Promise<Running & { readonly url: string }> {
  const running = await start(process.execPath, [path.join(app.folder, 'server.js')], /http:\/\/localhost:\d+/, {
    cwd: app.folder,
    environment: { PORT: '0', REDIS_URL: redis, virtualDirPath },
  });
  onTestFinished(async () => void (await running.stop('SIGKILL')));
  return { ...running, url: running.match[0] };
}

/** Resolves when the process has printed that. */
async function says(running: Running, words: string | RegExp): Promise<void> {
  await expect.poll(() => running.output()).toMatch(words);
}

async function person(url: string, name: string, vdirPath = ''): Promise<Socket> {
  const socket = io(`${url}/chat`, {
    path: `${vdirPath}/socket.io`,
    transports: ['websocket'],
    forceNew: true,
    reconnectionDelay: 20,
  });
  onTestFinished(() => void socket.disconnect());
  await once(socket as unknown as NodeJS.EventEmitter, 'connect');
  await socket.emitWithAck('join', { name, room: 'hell', person: `id-${name}` });
  return socket;
}

/** One address for several processes, like a load balancer: the first connection goes to the first, all others to the last. */
async function balancer(...urls: readonly string[]): Promise<{ readonly host: string; cut(): void }> {
  const ports = urls.map((url) => Number(new URL(url).port));
  const open = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    const target = net.connect(ports.length > 1 ? (ports.shift() ?? 0) : (ports[0] ?? 0), '127.0.0.1');
    for (const [from, to] of [
      [socket, target],
      [target, socket],
    ] as const) {
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return {
    host: `127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    cut: () => {
      for (const socket of open) socket.destroy();
    },
  };
}

/** A client that sends its room at each connection, like the page; not joined yet. */
function comer(url: string, name: string): Socket {
  const auth = { name, room: 'hell', person: `id-${name}` };
  const socket = io(`${url}/chat`, { transports: ['websocket'], forceNew: true, reconnectionDelay: 1500, auth });
  onTestFinished(() => void socket.disconnect());
  return socket;
}

/** The same, in the room. */
async function resident(url: string, name: string): Promise<Socket> {
  const socket = comer(url, name);
  await once(socket as unknown as NodeJS.EventEmitter, 'people');
  return socket;
}

let said = 0;
const say = (socket: Socket, text: string): Promise<unknown> => {
  said += 1;
  return socket.emitWithAck('message', { id: `m${said}`, text });
};

/** The texts that arrive, in order. */
function texts(socket: Socket): string[] {
  const heard: string[] = [];
  socket.on('message', ({ text }: { text: string }) => heard.push(text));
  return heard;
}

describe('the adapter for Redis', () => {
  it('sends messages of one process to the clients of another', async () => {
    const redis = await redisServer();
    await redis.start();
    const [here, there] = [await chatProcess(redis.url), await chatProcess(redis.url)];
    await Promise.all([says(here, 'is connected'), says(there, 'is connected')]);
    const [dante, virgil] = [await person(here.url, 'Dante'), await person(there.url, 'Virgil')];
    const heard = texts(virgil);
    // Readers of the stream start with new entries once their own connection to Redis is open.
    await expect.poll(async () => (await say(dante, 'Midway')) && heard.length).toBeGreaterThan(0);
    expect(new Set(heard)).toEqual(new Set(['Midway']));
  });

  it('separates the apps of different virtual directories that share a Redis', async () => {
    const redis = await redisServer();
    await redis.start();
    const [paradise, hell, sameHell] = [
      await chatProcess(redis.url, '/paradise'),
      await chatProcess(redis.url, '/hell'),
      await chatProcess(redis.url, '/hell'),
    ];
    await Promise.all([paradise, hell, sameHell].map((each) => says(each, 'is connected')));
    const beatrice = await person(paradise.url, 'Beatrice', '/paradise');
    const [dante, virgil] = [await person(hell.url, 'Dante', '/hell'), await person(sameHell.url, 'Virgil', '/hell')];
    const [heard, overheard] = [texts(virgil), texts(beatrice)];
    await expect.poll(async () => (await say(dante, 'Midway')) && heard.length).toBeGreaterThan(0);
    // Everything in the stream for her has arrived when her query about the clients is answered.
    const people = once(beatrice as unknown as NodeJS.EventEmitter, 'people');
    beatrice.emit('who');
    expect((await people)[0].people.map(({ name }: { name: string }) => name)).toEqual(['Beatrice']);
    expect(overheard).toEqual([]);
  });

  it('lets the app run without Redis, with a message, and connects when Redis is up', async () => {
    const redis = await redisServer();
    const running = await chatProcess(redis.url);
    await says(running, /Redis at 127\.0\.0\.1:\d+ is away \(ECONNREFUSED\)/);
    const dante = await person(running.url, 'Dante');
    expect(dante.connected).toBe(true);
    await redis.start();
    await says(running, /Redis at 127\.0\.0\.1:\d+ is back/);
    const heard = texts(dante);
    await say(dante, 'here again');
    await expect.poll(() => heard).toContain('here again');
    expect(running.output().match(/is away/g)).toHaveLength(1);
  });

  it('survives a Redis that dies repeatedly under load, and then works as before', async () => {
    const redis = await redisServer();
    await redis.start();
    const [here, there] = [await chatProcess(redis.url), await chatProcess(redis.url)];
    await Promise.all([says(here, 'is connected'), says(there, 'is connected')]);
    const [dante, virgil] = [await person(here.url, 'Dante'), await person(there.url, 'Virgil')];
    const heard = texts(virgil);
    // A lost connection is written to Redis, too; it is open again at once, and lost again.
    let lost = 0;
    const lose = (): void => {
      lost += 1;
      say(dante, 'noise').catch(() => {}); // Lost with the connection.
      dante.io.engine.close();
    };
    dante.on('connect', lose);
    lose();
    const losesMore = (count: number): Promise<void> => {
      const before = lost;
      return expect.poll(() => lost, { interval: 5 }).toBeGreaterThan(before + count);
    };
    for (let count = 1; count <= 3; count += 1) {
      await losesMore(5);
      await redis.kill();
      await losesMore(5);
      await redis.start();
    }
    dante.off('connect', lose);
    await Promise.all([says(here, 'is back'), says(there, 'is back')]);
    const beatrice = await person(here.url, 'Beatrice');
    await expect.poll(async () => (await say(beatrice, 'after all')) && heard.includes('after all')).toBe(true);
    expect([here.child.exitCode, there.child.exitCode]).toEqual([null, null]);
  });

  it('does not delay clients that reconnect while Redis is down', async () => {
    const redis = await redisServer();
    await redis.start();
    const running = await chatProcess(redis.url);
    await says(running, 'is connected');
    const dante = await person(running.url, 'Dante');
    const heard = texts(dante);
    await say(dante, 'so that there is an offset to come back from');
    await expect.poll(() => heard.length).toBeGreaterThan(0);
    await redis.kill();
    await says(running, 'is away');
    dante.io.engine.close();
    await once(dante as unknown as NodeJS.EventEmitter, 'connect');
    expect(dante.recovered).toBe(false);
  });

  it('sends a client that reconnects at another process the messages it missed', async () => {
    const redis = await redisServer();
    await redis.start();
    const [here, there] = [await chatProcess(redis.url), await chatProcess(redis.url)];
    await Promise.all([says(here, 'is connected'), says(there, 'is connected')]);
    const { host } = await balancer(here.url, there.url);
    const virgil = await person(`http://${host}`, 'Virgil');
    const dante = await person(here.url, 'Dante');
    const heard = texts(virgil);
    await say(dante, 'one');
    await expect.poll(() => heard).toEqual(['one']);
    virgil.io.reconnectionDelay(1500);
    virgil.io.reconnectionDelayMax(1500);
    const back = once(virgil as unknown as NodeJS.EventEmitter, 'connect');
    virgil.io.engine.close();
    await say(dante, 'two');
    expect(virgil.connected).toBe(false);
    await back;
    expect(virgil.recovered).toBe(true);
    await expect.poll(() => heard).toEqual(['one', 'two']);
  });

  it('sends a client of a killed process the messages of a third process', async () => {
    const redis = await redisServer();
    await redis.start();
    const all = [await chatProcess(redis.url), await chatProcess(redis.url), await chatProcess(redis.url)] as const;
    await Promise.all(all.map((each) => says(each, 'is connected')));
    const [killed, next, third] = all;
    const virgil = await resident(`http://${(await balancer(killed.url, next.url)).host}`, 'Virgil');
    const dante = await person(third.url, 'Dante');
    // The next process has started to read the stream when a client there gets a message; no client is there later.
    const beatrice = await person(next.url, 'Beatrice');
    const begun = texts(beatrice);
    await expect.poll(async () => (await say(dante, 'one')) && begun.length).toBeGreaterThan(0);
    beatrice.disconnect();
    const heard = texts(virgil);
    const lost = once(virgil as unknown as NodeJS.EventEmitter, 'disconnect');
    await killed.stop('SIGKILL');
    await lost;
    await say(dante, 'two');
    await expect.poll(() => heard).toContain('two');
    expect(virgil.recovered).toBe(false);
  });

  it('sends a client of a new process the messages from before its start', async () => {
    const redis = await redisServer();
    await redis.start();
    const here = await chatProcess(redis.url);
    await says(here, 'is connected');
    const dante = await person(here.url, 'Dante');
    const own = texts(dante);
    for (const text of ['one', 'two']) await say(dante, text);
    await expect.poll(() => own).toEqual(['one', 'two']);
    const fresh = await chatProcess(redis.url);
    const heard = texts(comer(fresh.url, 'Virgil'));
    await expect.poll(() => heard).toEqual(['one', 'two']);
  });

  it('does not report clients of other processes as disconnected while Redis is down', async () => {
    const redis = await redisServer();
    await redis.start();
    const [here, there] = [await chatProcess(redis.url), await chatProcess(redis.url)];
    await Promise.all([says(here, 'is connected'), says(there, 'is connected')]);
    const virgil = await resident(`http://${(await balancer(here.url, there.url)).host}`, 'Virgil');
    const dante = await resident(here.url, 'Dante');
    const told: unknown[] = [];
    dante.on('left', (person) => told.push(person));
    await redis.kill();
    await Promise.all([says(here, 'is away'), says(there, 'is away')]);
    virgil.io.engine.close();
    await once(virgil as unknown as NodeJS.EventEmitter, 'connect');
    await says(here, 'do not say who is in a room');
    await redis.start();
    await says(here, 'is back');
    const heard = texts(dante);
    await say(dante, 'here again');
    await expect.poll(() => heard).toContain('here again');
    expect(told).toEqual([]);
  });

  it('sends all acknowledged messages to the other processes, with any number of lost connections to Redis', async () => {
    const redis = await redisServer();
    await redis.start();
    const between = await balancer(redis.url);
    const [here, there] = [await chatProcess(`redis://${between.host}`), await chatProcess(redis.url)];
    await Promise.all([says(here, 'is connected'), says(there, 'is connected')]);
    const [dante, virgil] = [await person(here.url, 'Dante'), await person(there.url, 'Virgil')];
    const heard = texts(virgil);
    await expect.poll(async () => (await say(dante, 'Midway')) && heard.length).toBeGreaterThan(0);
    const acknowledged: string[] = [];
    for (let count = 1; count <= 10; count += 1) {
      const all = Array.from({ length: 50 }, async (_, index) => {
        await say(dante, `${count}.${index}`);
        acknowledged.push(`${count}.${index}`);
      });
      await all[25];
      between.cut();
      await Promise.all(all);
      await expect.poll(() => here.output().match(/is back/g)?.length).toBe(count);
    }
    await expect.poll(() => acknowledged.filter((text) => !heard.includes(text))).toEqual([]);
    expect(acknowledged).toHaveLength(500);
  });

  it('lets the clients of one process talk while Redis is down, and sends it to those of another when it is up again', async () => {
    const redis = await redisServer();
    await redis.start();
    const [here, there] = [await chatProcess(redis.url), await chatProcess(redis.url)];
    await Promise.all([says(here, 'is connected'), says(there, 'is connected')]);
    const [dante, virgil] = [await person(here.url, 'Dante'), await person(here.url, 'Virgil')];
    const beatrice = await person(there.url, 'Beatrice');
    const [heard, heardThere] = [texts(virgil), texts(beatrice)];
    await redis.kill();
    await says(here, 'is away');
    for (const text of ['one', 'two']) await say(dante, text);
    await expect.poll(() => heard).toEqual(['one', 'two']);
    await redis.start();
    await expect.poll(() => heardThere).toEqual(['one', 'two']);
    await say(dante, 'three');
    await expect.poll(() => heard).toEqual(['one', 'two', 'three']);
  });

  it('passes the tests that its user gets, twice', async () => {
    const redis = await redisServer();
    await redis.start();
    vi.stubEnv('REDIS_URL', redis.url);
    onTestFinished(() => void vi.unstubAllEnvs());
    for (let count = 0; count < 2; count += 1) await ownTests(app.folder);
  });

  it('reports an invalid REDIS_URL, and keeps running', async () => {
    const running = await chatProcess('localhost:6379');
    await says(running, /REDIS_URL is not the URL of a Redis/);
    const dante = await person(running.url, 'Dante');
    expect(dante.connected).toBe(true);
  });
});
