// Connects the app's processes through Redis, on one machine or several: io.emit() and rooms then reach all clients.
//
// It uses a stream, not publish and subscribe: messages stay in the stream. A process that loses Redis for a while continues
// where it was, and a client whose connection is lost gets what it missed from any process (connection state recovery).

const { setTimeout: wait } = require('node:timers/promises');
const { createClient } = require('@redis/client');
const { createAdapter } = require('@socket.io/redis-streams-adapter');

/** A service that clients connect to instead of this server: none. */
const service = undefined;

/** 'socket.io:dante' at /dante: apps in several virtual directories can share one Redis. */
const name = ['socket.io', ...(process.env.virtualDirPath || '/').split('/').filter(Boolean)].join(':');

/** For how long a starting process waits for the earlier messages, in ms. */
const patience = 2000;

/**
 * Connects this process with the app's other processes. Without Redis the app goes on and says so in its log: messages for
 * clients of other processes wait until Redis is back. Resolves when the app has got the messages that were sent before this
 * process started, as far as the stream still has them, or after two seconds without Redis.
 *
 * The app gets all that other processes send to clients, also for clients that it does not have: the adapter's event
 * 'broadcast', with the rooms and [event, ...arguments]. So an app that keeps the latest messages has them at every process.
 */
async function attachAdapter(io) {
  const url = process.env.REDIS_URL || 'redis://localhost:6379';
  const client = redisClient(url);
  if (client === undefined) return;
  logConnection(client, new URL(url).host);
  const insist = insistent(client);
  const add = client.xAdd.bind(client);
  Object.assign(client, { xAdd: (...given) => insist(() => add(...given)) });
  client.connect().catch(() => {}); // It retries without end, and reports each failure as an event.
  const adapters = new Map();
  const before = insist(() => client.xRange(name, '-', '+')).then(
    (entries) => {
      for (const entry of entries ?? []) if (entry) tellOld(adapters, entry.message);
      return entries?.at(-1)?.id ?? '0-0';
    },
    () => '$',
  );
  readFrom(before, client);
  const connected = createAdapter(client, { streamName: name, channelPrefix: name });
  io.adapter(connect); // A function declaration: socket.io calls it with `new`, which arrow functions do not support.
  await Promise.race([before, wait(patience, undefined, { ref: false })]);

  function connect(namespace) {
    const adapter = connected(namespace);
    // While Redis is away a client that reconnects is treated as a new one; otherwise it would wait for Redis.
    const restore = adapter.restoreSession.bind(adapter);
    adapter.restoreSession = (id, offset) =>
      client?.isReady ? restore(id, offset) : Promise.reject(new Error('Redis is away'));
    // While Redis is away messages reach the clients of this process at once, and the others when Redis is back.
    const publish = adapter.doPublish.bind(adapter);
    adapter.doPublish = (message) => {
      const published = publish(message);
      if (client?.isReady) return published;
      published.catch(() => {});
      return Promise.reject(new Error('Redis is away'));
    };
    tellNew(adapter);
    adapters.set(namespace.name, adapter);
    return adapter;
  }
}

const broadcast = 3; // MessageType.BROADCAST of socket.io-adapter.

function tellNew(adapter) {
  const cluster = adapter;
  const receive = cluster.onMessage.bind(cluster);
  cluster.onMessage = (message, offset) => {
    if (message.type === broadcast && message.uid !== cluster.uid) tell(adapter, () => message.data);
    receive(message, offset);
  };
}

/** An entry of the stream from before this process started. */
function tellOld(adapters, entry) {
  const { nsp = '', type, data = '' } = entry;
  // Messages with binary data are not JSON.
  if (type === `${broadcast}` && data.startsWith('{')) tell(adapters.get(nsp), () => JSON.parse(data));
}

function tell(adapter, read) {
  try {
    const { opts, packet } = read();
    adapter?.emit('broadcast', opts.rooms, [...packet.data]);
  } catch (error) {
    console.error(error); // If it were thrown the adapter would read this entry again and again.
  }
}

/**
 * Until the first message comes the adapter asks for "messages from now on", and would miss those that come between two such
 * requests. So it reads from the last entry that was in the stream when this process started.
 */
function readFrom(start, client) {
  const duplicate = client.duplicate.bind(client);
  const reader = () => {
    const made = duplicate();
    const read = made.xRead.bind(made);
    const xRead = async ([stream], options) =>
      read([{ ...stream, id: stream.id === '$' ? await start : stream.id }], options);
    return Object.assign(made, { xRead });
  };
  Object.assign(client, { duplicate: reader });
}

function redisClient(url) {
  try {
    return patient(
      createClient({
        url,
        commandsQueueMaxLength: 10_000, // Limits the memory that waiting commands use.
        socket: { reconnectStrategy: (tries) => Math.min(100 * 2 ** tries, 2000) },
      }),
    );
  } catch (error) {
    console.error(
      `REDIS_URL is not the URL of a Redis (redis://host:6379): ${String(error)}. This process reaches only its own clients.`,
    );
    return undefined;
  }
}

/** The adapter does not handle the failures of these commands: a connection lost meanwhile would end the process. */
function patient(client) {
  for (const name of ['set', 'publish', 'subscribe']) {
    const command = client[name];
    const heard = (...given) => {
      const reply = command.apply(client, given);
      reply.catch(() => {});
      return reply;
    };
    Object.assign(client, { [name]: heard });
  }
  const duplicate = client.duplicate.bind(client);
  return Object.assign(client, { duplicate: () => patient(duplicate()) });
}

/** Repeats a command whose reply was lost with the connection: it may then run twice, but it does run. */
function insistent(client) {
  let loss;
  client.on('error', (error) => {
    loss = error; // Commands without a reply fail with the same error.
  });
  return async function insist(command) {
    try {
      return await command();
    } catch (error) {
      if (error !== loss || !client.isOpen) throw error;
      return insist(command);
    }
  };
}

/** One line when Redis is lost, one when it is back; iisnode logs them to two files, so each has the time. */
function logConnection(client, host) {
  const now = () => new Date().toISOString();
  let away = false;
  client.on('error', (error) => {
    if (!away)
      console.error(`${now()} Redis at ${host} is away (${error.code ?? error.message}): the app goes on without it.`);
    away = true;
  });
  client.on('ready', () => {
    console.log(`${now()} Redis at ${host} is ${away ? 'back' : 'connected'}.`);
    away = false;
  });
}

module.exports = { service, attachAdapter };
