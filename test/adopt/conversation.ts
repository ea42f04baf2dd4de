import { once } from 'node:events';
import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import { io } from 'socket.io-client';
import { expect, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { Conversation } from './list/adopted-app.js';

/** What this needs of a client, of socket.io 2 or 4. */
interface Socket {
  on(event: string, listener: (...values: unknown[]) => void): unknown;
  emit(event: string, ...values: unknown[]): unknown;
  close(): unknown;
}

const oldClient = createRequire(import.meta.url)('socket.io-client-2') as (url: string, options: object) => Socket;

/** A connected client: what it does, and all that it has heard. */
interface Client {
  /** Each event with its values; `connect`, `disconnect` and `connect_error` are the client's own. */
  readonly heard: unknown[][];
  send(event: string, ...values: unknown[]): void;
  ask(event: string, ...values: unknown[]): Promise<unknown[]>;
}

/** How a client gets to an app. */
export interface Way {
  /** The app's own URL, with a slash at its end. */
  readonly url: string;
  /** Its visitor's. */
  readonly cookie: string;
  /** One that the conversation allows. */
  readonly transport: 'polling' | 'websocket';
  /** Connects again when the connection is lost. */
  readonly again?: boolean;
}

export const transportsOf = ({ client, transports }: Conversation): readonly Way['transport'][] =>
  client === 'ws' ? ['websocket'] : (transports ?? ['polling', 'websocket']);

/** The path of its socket.io, or of its WebSocket, without a slash at the end. */
export const pathOf = ({ client, path }: Conversation): string => path ?? (client === 'ws' ? '' : '/socket.io');

/** Has it from start to end. */
export async function converse(conversation: Conversation, way: Way): Promise<void> {
  const { clients: count = 1, join, send, hears } = conversation;
  const clients = Array.from({ length: count }, () => connect(conversation, way));
  if ('refusal' in hears) return heard(clients, ['connect_error', hears.refusal], conversation, way);
  if (count > 1 || join !== undefined) await heard(clients, ['connect'], conversation, way);
  if (join !== undefined) for (const client of clients) await client.ask(...join);
  if ('acknowledgement' in hears) {
    expect(send).toBeDefined();
    const answer = send && (await clients[0]?.ask(...send));
    return expect(answer, JSON.stringify(conversation)).toEqual(hears.acknowledgement);
  }
  if (send !== undefined) clients[0]?.send(...send);
  await heard(clients, hears, conversation, way);
}

/**
 * A client that is connected; gives what waits until it has lost the connection, and has another one where it `comesBack`.
 */
export async function staying(conversation: Conversation, way: Way, comesBack: boolean): Promise<() => Promise<void>> {
  const client = connect(conversation, { ...way, again: comesBack });
  const times = (event: string): number => client.heard.filter(([name]) => name === event).length;
  const wait = async (event: string, count: number): Promise<void> => {
    await expect.poll(() => times(event) || client.heard, { message: `${event} of a client that stays` }).toBe(count);
  };
  await wait('connect', 1);
  return async () => {
    await wait('disconnect', 1);
    if (comesBack) await wait('connect', 2);
  };
}

async function heard(
  clients: readonly Client[],
  wanted: readonly unknown[],
  conversation: Conversation,
  { url, transport }: Way,
): Promise<void> {
  const isWanted = (values: readonly unknown[]): boolean =>
    values.length >= wanted.length && wanted.every((each, index) => matches(values[index], each));
  const message = `${JSON.stringify(conversation)} by ${transport} at ${url}`;
  for (const client of clients) {
    await expect.poll(() => client.heard.some(isWanted) || client.heard, { message }).toBe(true);
  }
}

const matches = (value: unknown, wanted: unknown): boolean =>
  wanted instanceof RegExp ? wanted.test(String(value)) : isDeepStrictEqual(value, wanted);

function connect(conversation: Conversation, way: Way): Client {
  if (conversation.client === 'ws') return connectPlain(conversation, way);
  const { namespace = '', auth } = conversation;
  const { origin, pathname } = new URL(way.url);
  const options = {
    path: pathname.slice(0, -1) + pathOf(conversation),
    transports: [way.transport],
    forceNew: true,
    reconnection: way.again ?? false,
    reconnectionDelay: 100,
    extraHeaders: { cookie: way.cookie },
  };
  const isOld = conversation.client === 'socket.io-2';
  const socket: Socket = isOld
    ? oldClient(origin + namespace, options)
    : io(origin + namespace, { ...options, ...(auth && { auth }) });
  onTestFinished(() => void socket.close());
  const all: unknown[][] = [];
  for (const own of ['connect', 'disconnect', 'connect_error']) {
    socket.on(own, (value: unknown) => all.push([own, value instanceof Error ? value.message : value]));
  }
  const { hears } = conversation;
  if (Array.isArray(hears)) socket.on(hears[0], (...values: unknown[]) => all.push([hears[0], ...values]));
  return {
    heard: all,
    send: (...values) => void socket.emit(...values),
    ask: (...values) => new Promise((resolve) => socket.emit(...values, (...answer: unknown[]) => resolve(answer))),
  };
}

function connectPlain(conversation: Conversation, way: Way): Client {
  const all: unknown[][] = [];
  let socket: WebSocket;
  let again = way.again ?? false;
  const open = (): void => {
    socket = new WebSocket(way.url.replace(/^http/, 'ws') + pathOf(conversation).slice(1), {
      headers: { cookie: way.cookie },
    });
    socket.on('open', () => all.push(['connect']));
    socket.on('message', (data) => all.push([String(data)]));
    socket.on('error', ({ message }) => all.push(['connect_error', message]));
    socket.on('close', (code) => {
      all.push(['disconnect', code]);
      if (again) open();
    });
  };
  open();
  onTestFinished(() => {
    again = false;
    socket.terminate();
  });
  const opened = async (): Promise<void> => {
    if (socket.readyState === WebSocket.CONNECTING) await once(socket, 'open');
  };
  return {
    heard: all,
    send: (text) => void opened().then(() => socket.send(text)),
    ask: () => Promise.reject(new Error('ws has no acknowledgements')),
  };
}
