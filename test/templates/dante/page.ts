import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { expect, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';

/** What a page shows of the canto; its connection.js is the real one, the browser around it is not there. */
export interface OpenPage {
  /** The first line of each stanza. */
  readonly shown: readonly string[];
  /** When each came, by performance.now(). */
  readonly times: readonly number[];
  /** What it says is wrong: [what, why]. */
  readonly troubles: readonly (readonly [string, string])[];
  /** Where it sends the browser. */
  readonly moves: readonly string[];
  /** Resolves when that many stanzas stand on the page. */
  reaches(count: number): Promise<void>;
  /** As when the machine falls asleep: the clock goes on, no timer runs. */
  fallAsleep(): void;
  /** Timers that have come due meanwhile run after what is there to be read. */
  wakeUp(): void;
}

/** Opens the page that is at that URL, with that connection.js; closed when the test ends. */
export async function openPage(url: string, script: string): Promise<OpenPage> {
  const [root = ''] = /<html[^>]*>/.exec(await (await fetch(url)).text()) ?? [];
  const settings = Object.fromEntries(
    [...root.matchAll(/data-([a-z]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  );
  const shown: string[] = [];
  const times: number[] = [];
  const troubles: [string, string][] = [];
  const moves: string[] = [];
  let dreams: (() => void)[] | undefined;
  let closed = false;
  const sockets: (Socket | WebSocket)[] = [];
  onTestFinished(() => {
    closed = true;
    for (const socket of sockets) socket.close();
  });
  const readingPage = {
    count: () => shown.length,
    add: ([line = '']: readonly string[]) => {
      shown.push(line);
      times.push(performance.now());
    },
    end: () => undefined,
    connected: () => undefined,
    connecting: () => undefined,
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
      location: { href: url, pathname: new URL(url).pathname, replace: (to: string) => void moves.push(to) },
      URL,
      performance,
      setTimeout: (act: (...given: unknown[]) => void, ms: number, ...given: unknown[]) =>
        setTimeout(() => {
          if (closed) return;
          if (dreams) dreams.push(() => act(...given));
          else act(...given);
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
    moves,
    fallAsleep: () => {
      dreams = [];
    },
    wakeUp: () => {
      const due = dreams ?? [];
      dreams = undefined;
      setTimeout(() => {
        for (const act of due) act();
      }, 200);
    },
    reaches: (count) =>
      expect.poll(() => shown.length, { timeout: 15_000, interval: 10 }).toBeGreaterThanOrEqual(count),
  };
}
