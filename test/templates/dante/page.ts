import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { randomFrom, seed } from '../../support/seed.js';

/** The canto on a page; its connection.js is the real one, without a browser. */
export interface OpenPage {
  /** The first line of each stanza. */
  readonly shown: readonly string[];
  /** When each arrived, by performance.now(). */
  readonly times: readonly number[];
  /** The problem that it shows: [what, why]. */
  readonly troubles: readonly (readonly [string, string])[];
  /** Resolves when everything that the server has sent so far has arrived: it answers a ping sent after it. The connection must stay open. */
  caughtUp(): Promise<void>;
  /** Like a sleep of the machine: its clocks advance by `ms`, and no timer has run. */
  sleep(ms: number): void;
}

/** Opens the page at that URL, with that connection.js; closed when the test ends. */
export async function openPage(url: string, script: string): Promise<OpenPage> {
  const [root = ''] = /<html[^>]*>/.exec(await (await fetch(url)).text()) ?? [];
  const settings = Object.fromEntries(
    [...root.matchAll(/data-([a-z]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  );
  const shown: string[] = [];
  const times: number[] = [];
  const troubles: [string, string][] = [];
  let closed = false;
  let slept = 0;
  const sockets: (Socket | WebSocket)[] = [];
  onTestFinished(() => {
    closed = true;
    for (const socket of sockets) socket.close();
  });
  const readingPage = {
    count: () => shown.length,
    add: ([line = '']: readonly string[]) => {
      shown.push(line);
      times.push(performance.now() + slept);
    },
    end: () => undefined,
    connected: () => undefined,
    connecting: () => undefined,
    unreachable: (path: string, message: string) => void troubles.push([path, message]),
    fail: (...why: [string, string]) => void troubles.push(why),
    explain: (...why: [string, string]) => void troubles.push(why),
  };
  const window = {
    readingPage,
    io: (endpoint: string | undefined, options: Partial<ManagerOptions & SocketOptions>) => {
      const socket = io(endpoint ?? new URL(url).origin, { ...options, forceNew: true });
      sockets.push(socket);
      return socket;
    },
  };
  runInContext(
    readFileSync(script, 'utf8'),
    createContext({
      window,
      document: {
        documentElement: { dataset: settings },
        createElement: () => ({}),
        head: { append: ({ onload }: { onload: () => void }) => setImmediate(onload) },
      },
      location: { href: url, pathname: new URL(url).pathname },
      URL,
      performance: { now: () => performance.now() + slept },
      Date: { now: () => Date.now() + slept },
      Math: Object.assign(Object.create(Math), { random: randomFrom(seed) }),
      setTimeout: (act: (...given: unknown[]) => void, ms: number, ...given: unknown[]) =>
        setTimeout(() => {
          if (!closed) act(...given);
        }, ms),
      clearTimeout,
      WebSocket: class extends WebSocket {
        constructor(address: string) {
          super(address);
          sockets.push(this);
          this.on('error', () => undefined); // A browser's page need not listen.
        }
      },
    }),
  );
  return {
    shown,
    times,
    troubles,
    async caughtUp() {
      const open = sockets.map(webSocketOf).filter((socket) => socket?.readyState === WebSocket.OPEN);
      await Promise.all(open.map((socket) => socket && answered(socket)));
    },
    sleep: (ms) => {
      slept += ms;
    },
  };
}

/** The connection itself, if there is one. */
function webSocketOf(socket: Socket | WebSocket): WebSocket | undefined {
  if (socket instanceof WebSocket) return socket;
  const engine = socket.io.engine as unknown as { transport?: { ws?: WebSocket } } | undefined;
  return engine?.transport?.ws;
}

function answered(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('pong', () => resolve()).once('close', () => resolve());
    socket.ping();
  });
}
