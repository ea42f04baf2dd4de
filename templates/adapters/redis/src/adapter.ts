// Connects the processes of the app through Redis, on one machine or many: io.emit() and rooms then reach every client.
//
// Over a stream, not publish and subscribe: what was sent stays in the stream. A process that loses Redis for a while reads
// on where it was, and a client whose connection is lost gets what it missed from any process (connection state recovery).

import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { createAdapter } from '@socket.io/redis-streams-adapter';
import type { Namespace, Server } from 'socket.io';

type Adapter = Namespace['adapter'];
type RedisClient = ReturnType<typeof createClient>;

/** A service that clients connect to in place of this server: none. */
export const service: { endpoint: string; path: string; joinTime: number } | undefined = undefined;

/** 'socket.io:dante' at /dante: apps of several virtual directories may share a Redis. */
const name = ['socket.io', ...(process.env.virtualDirPath || '/').split('/').filter(Boolean)].join(':');

/** How long a process that starts waits for what was sent before, in ms. */
const patience = 2000;

/**
 * Connects this process with the others of the app. While Redis is away the app runs on, and says so in its log: what goes
 * to clients of other processes waits until it is back. Resolves when the app has been told what was sent before this
 * process was there, as far as the stream still holds it, or after two seconds without Redis.
 *
 * What other processes send to clients is told to the app, whether it has such clients or not: the adapter's event
 * 'broadcast', with the rooms and [event, ...arguments]. An app that remembers what was said then remembers it at every process.
 */
export async function attachAdapter(io: Server): Promise<void> {
  const url = process.env.REDIS_URL || 'redis://localhost:6379';
  const client = redisClient(url);
  if (client === undefined) return;
  logConnection(client, new URL(url).host);
  const insist = insistent(client);
  const add = client.xAdd.bind(client) as (...given: unknown[]) => Promise<unknown>;
  Object.assign(client, { xAdd: (...given: unknown[]) => insist(() => add(...given)) });
  client.connect().catch(() => {}); // It tries again for ever, and says each failure as an event.
  const adapters = new Map<string, Adapter>();
  const before = insist(() => client.xRange(name, '-', '+')).then(
    (entries) => {
      for (const entry of entries ?? []) if (entry) tellOld(adapters, entry.message);
      return entries?.at(-1)?.id ?? '0-0';
    },
    () => '$',
  );
  readFrom(before, client);
  const connected = createAdapter(client, { streamName: name, channelPrefix: name });
  io.adapter(connect); // socket.io calls it with `new`, which an arrow function does not take.
  await Promise.race([before, wait(patience, undefined, { ref: false })]);

  function connect(namespace: Namespace): Adapter {
    const adapter = connected(namespace);
    // A client that comes back while Redis is away is served as a new one; it would wait for Redis otherwise.
    const restore = adapter.restoreSession.bind(adapter);
    adapter.restoreSession = (id, offset) =>
      client?.isReady ? restore(id, offset) : Promise.reject(new Error('Redis is away'));
    // What is sent while Redis is away reaches the clients of this process at once, and the others when it is back.
    const publish = adapter.doPublish.bind(adapter);
    adapter.doPublish = (message) => {
      const published: Promise<string> = publish(message);
      if (client?.isReady) return published;
      published.catch(() => {});
      return Promise.reject(new Error('Redis is away'));
    };
    tellNew(adapter);
    adapters.set(namespace.name, adapter);
    return adapter;
  }
}

/** What of its adapter tellNew() takes part in. */
interface Cluster {
  readonly uid: string;
  onMessage(message: { readonly uid: string; readonly type: number; readonly data: Broadcast }, offset?: string): void;
}

interface Broadcast {
  readonly opts: { readonly rooms: readonly string[] };
  readonly packet: { readonly data: readonly unknown[] };
}

const broadcast = 3; // MessageType.BROADCAST of socket.io-adapter.

function tellNew(adapter: Adapter): void {
  const cluster = adapter as unknown as Cluster;
  const receive = cluster.onMessage.bind(cluster);
  cluster.onMessage = (message, offset) => {
    if (message.type === broadcast && message.uid !== cluster.uid) tell(adapter, () => message.data);
    receive(message, offset);
  };
}

/** An entry of the stream, from before this process was there. */
function tellOld(adapters: ReadonlyMap<string, Adapter>, entry: Readonly<Record<string, string>>): void {
  const { nsp = '', type, data = '' } = entry;
  // What holds binary data is no JSON.
  if (type === `${broadcast}` && data.startsWith('{')) tell(adapters.get(nsp), () => JSON.parse(data));
}

function tell(adapter: Adapter | undefined, read: () => Broadcast): void {
  try {
    const { opts, packet } = read();
    adapter?.emit('broadcast', opts.rooms, [...packet.data]);
  } catch (error) {
    console.error(error); // Thrown further, the adapter would read this entry again and again.
  }
}

/**
 * The adapter asks for "what comes from now on" until something has come: what comes between two of its questions would be
 * lost. So it reads from the last entry that was there when this process started.
 */
function readFrom(start: Promise<string>, client: RedisClient): void {
  const duplicate = client.duplicate.bind(client);
  const reader = (): RedisClient => {
    const made = duplicate();
    const read = made.xRead.bind(made) as (streams: unknown, options: unknown) => Promise<unknown>;
    const xRead = async ([stream]: readonly [{ readonly id: string }], options: unknown): Promise<unknown> =>
      read([{ ...stream, id: stream.id === '$' ? await start : stream.id }], options);
    return Object.assign(made, { xRead });
  };
  Object.assign(client, { duplicate: reader });
}

function redisClient(url: string): RedisClient | undefined {
  try {
    return patient(
      createClient({
        url,
        commandsQueueMaxLength: 10_000, // What waits for Redis must not fill the memory.
        socket: { reconnectStrategy: (tries) => Math.min(100 * 2 ** tries, 2000) },
      }),
    );
  } catch (error) {
    console.error(
      `REDIS_URL is no URL of a Redis (redis://host:6379): ${String(error)}. This process knows its own clients only.`,
    );
    return undefined;
  }
}

/** The adapter does not look at how these end; a connection lost meanwhile would end the process. */
function patient(client: RedisClient): RedisClient {
  for (const name of ['set', 'publish', 'subscribe'] as const) {
    const command = client[name] as (...given: unknown[]) => Promise<unknown>;
    const heard = (...given: unknown[]): Promise<unknown> => {
      const reply = command.apply(client, given);
      reply.catch(() => {});
      return reply;
    };
    Object.assign(client, { [name]: heard });
  }
  const duplicate = client.duplicate.bind(client);
  return Object.assign(client, { duplicate: () => patient(duplicate()) });
}

/** Gives a command again whose reply was lost with the connection: it may so be done twice, but not never. */
function insistent(client: RedisClient) {
  let loss: unknown;
  client.on('error', (error: unknown) => {
    loss = error; // What has no reply yet then fails with the same one.
  });
  return async function insist<Reply>(command: () => Promise<Reply>): Promise<Reply> {
    try {
      return await command();
    } catch (error) {
      if (error !== loss || !client.isOpen) throw error;
      return insist(command);
    }
  };
}

/** One line when Redis goes, one when it is back; iisnode keeps them in two files, so each says when. */
function logConnection(client: RedisClient, host: string): void {
  const now = (): string => new Date().toISOString();
  let away = false;
  client.on('error', (error: NodeJS.ErrnoException) => {
    if (!away)
      console.error(`${now()} Redis at ${host} is away (${error.code ?? error.message}): the app goes on without it.`);
    away = true;
  });
  client.on('ready', () => {
    console.log(`${now()} Redis at ${host} is ${away ? 'back' : 'connected'}.`);
    away = false;
  });
}
