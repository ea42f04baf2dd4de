import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { afterAll, expect, onTestFinished } from 'vitest';
import type { WebSocket } from 'ws';
import { type Clock, steered } from '../../support/clock.js';
import { scaffolded } from '../../support/scaffolded.js';

const app = await scaffolded('dante');
afterAll(app.remove);

export const entry = path.join(app.folder, 'server-socketio.js');

/** The first stanza comes at the next tick (readings.js). */
export const ticksPerInterval = 40;

export interface RunningServer {
  readonly child: ChildProcess;
  /** Its output when it was ready. */
  readonly ready: string;
  /** Its whole output so far. */
  said(): string;
  kill(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts the template's server as a separate process, with the time of `clock` if given, and waits until it prints its address. */
export async function startServer(
  environment: Record<string, string>,
  script = entry,
  clock?: Clock,
): Promise<RunningServer> {
  const { PATH, SystemRoot } = process.env;
  const child = spawn(process.execPath, [...(clock ? steered : []), script], {
    env: { ...(PATH ? { PATH } : {}), ...(SystemRoot ? { SystemRoot } : {}), ...environment },
    stdio: ['ignore', 'pipe', 'pipe', ...(clock ? (['ipc'] as const) : [])],
  }) as ChildProcessByStdio<null, Readable, Readable>;
  clock?.steer(child);
  let said = '';
  const ready = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said += chunk;
      const line = /The Inferno is at (.*)/.exec(said)?.[1];
      if (line !== undefined) resolve(line);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', () => reject(new Error(`the server ended: ${said}`)));
  });
  return {
    child,
    ready,
    said: () => said,
    async kill(signal = 'SIGKILL') {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
      return child.exitCode;
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** A GET (or another method) by URL path, over TCP or over a pipe. */
export async function request(
  where: { port: number } | { socketPath: string },
  urlPath: string,
  options: http.RequestOptions = {},
): Promise<Answer> {
  const sent = http.request({ host: '127.0.0.1', agent: false, ...where, path: urlPath, ...options }).end();
  const [response] = (await once(sent, 'response')) as [http.IncomingMessage];
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += chunk;
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

export interface Seen {
  readonly index: number;
  readonly lines: readonly string[];
  /** By the viewer's clock. */
  readonly at: number;
}

/** A viewer that works like the page: keeps its place, and sends it at each connection. */
export class Viewer {
  readonly stanzas: Seen[] = [];
  /** Indexes in order of arrival, also the ignored ones. */
  readonly received: number[] = [];
  transports = new Set<string>();
  readonly socket: Socket;
  ended = false;
  private waiting: { test: () => boolean; resolve: () => void }[] = [];

  /** @param now The time in ms for the waiting time that it sends. */
  constructor(
    url: string,
    options: Partial<ManagerOptions & SocketOptions> = {},
    now: () => number = () => performance.now(),
  ) {
    this.socket = io(url, {
      transports: ['websocket'],
      reconnectionDelay: 20,
      reconnectionDelayMax: 50,
      forceNew: true,
      auth: (tell) => {
        const last = this.stanzas.at(-1);
        tell({ next: this.stanzas.length, ...(last ? { waited: now() - last.at } : {}) });
      },
      ...options,
    });
    this.socket.on('connect', () => {
      this.check();
      const { engine } = this.socket.io;
      this.transports.add(engine.transport.name);
      engine.on('upgrade', (transport: { name: string }) => this.transports.add(transport.name));
    });
    this.socket.on('stanza', (stanza: { index: number; lines: string[] }) => {
      this.received.push(stanza.index);
      if (stanza.index === this.stanzas.length) this.stanzas.push({ ...stanza, at: now() });
      this.check();
    });
    this.socket.on('end', () => {
      this.ended = true;
      this.check();
    });
  }

  async until(test: () => boolean): Promise<void> {
    if (test()) return;
    await new Promise<void>((resolve) => this.waiting.push({ test, resolve }));
  }

  /** Resolves when everything that the server has sent so far over the websocket has arrived: it answers a ping sent after it. */
  async caughtUp(): Promise<void> {
    const { ws } = this.socket.io.engine.transport as unknown as { ws: WebSocket };
    const pong = once(ws, 'pong');
    ws.ping();
    await pong;
  }

  /** Closes the websocket; resolves when the server has noticed it, too. */
  async lose(): Promise<void> {
    const { engine } = this.socket.io;
    const { ws } = engine.transport as unknown as { ws: WebSocket };
    this.socket.io.reconnection(false);
    const closed = once(ws, 'close');
    engine.close();
    await closed;
  }

  /** Connects again; resolves when it is. */
  async comeBack(): Promise<void> {
    const connected = once(this.socket as unknown as NodeJS.EventEmitter, 'connect');
    this.socket.connect();
    await connected;
  }

  private check(): void {
    this.waiting = this.waiting.filter(({ test, resolve }) => {
      if (!test()) return true;
      resolve();
      return false;
    });
  }
}

/** The template's server for one test, in that folder or in a shared one; ended with the test. */
export async function serve(
  environment: Record<string, string>,
  folder?: string,
  clock?: Clock,
): Promise<RunningServer> {
  const server = await startServer(environment, folder && path.join(folder, 'server-socketio.js'), clock);
  onTestFinished(async () => void (await server.kill()));
  return server;
}

/** A viewer for one test. */
export function view(...args: ConstructorParameters<typeof Viewer>): Viewer {
  const viewer = new Viewer(...args);
  onTestFinished(() => void viewer.socket.disconnect());
  return viewer;
}

/** Stanza number `count` (from 1) comes after `ms`, and not a millisecond earlier. */
export async function comesAfter(viewer: Viewer, count: number, ms: number, clock: Clock): Promise<void> {
  await clock.advance(ms - 1);
  await viewer.caughtUp();
  expect(viewer.stanzas.length, `stanza ${count} comes too early`).toBe(count - 1);
  await clock.advance(1);
  await viewer.caughtUp();
  expect(viewer.stanzas.length, `stanza ${count} comes too late`).toBe(count);
}
