import { copyFileSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {
  createIisnodeModule,
  type IisnodeFailure,
  type IisnodeModule,
  type IisnodeRequest,
} from '../../../src/host/iisnode/index.js';
import type { HostEvent } from '../../../src/host/index.js';
import { type IisnodeSettings, iisnodeDefaults, type ResolvedIisnodeSettings } from '../../../src/webconfig/index.js';

export const fixtures = path.join(import.meta.dirname, '..', '..', 'fixtures', 'iisnode');

/** The schema's defaults (iisnode_schema.xml), with what iisnode makes of a 0 on two cores. */
export const defaults: IisnodeSettings = { ...iisnodeDefaults, asyncCompletionThreadCount: 2 };

export function resolved(settings: Partial<IisnodeSettings>): ResolvedIisnodeSettings {
  const values = { ...defaults, ...settings };
  const sources = Object.fromEntries(Object.keys(values).map((key) => [key, 'default']));
  return { values, sources: sources as ResolvedIisnodeSettings['sources'], origins: {} };
}

export interface Site {
  readonly folder: string;
  readonly script: string;
  readonly origin: string;
  readonly port: number;
  readonly module: IisnodeModule;
  readonly events: HostEvent[];
  /** Failures the module left to IIS, in order. */
  readonly failures: IisnodeFailure[];
  /** Requests that reached the module so far. */
  readonly seen: () => number;
  /** Clients that have ended their side of a connection so far. */
  readonly ended: () => number;
  settings: Partial<IisnodeSettings>;
  get(target?: string, headers?: http.OutgoingHttpHeaders): Promise<Answer>;
  /** The next (or a past) event with that code. */
  event(code: string): Promise<HostEvent>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly rawHeaders: string[];
  readonly text: string;
}

export interface SiteOptions {
  readonly fixture: string;
  readonly settings?: Partial<IisnodeSettings>;
  readonly appSettings?: readonly (readonly [string, string])[];
  readonly environment?: Record<string, string | undefined>;
  readonly request?: Partial<IisnodeRequest>;
}

/** A folder with one fixture as its entry point behind a real HTTP server that gives every request to iisnode. */
export async function site(options: SiteOptions): Promise<Site> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'site '));
  const script = path.join(folder, `server${path.extname(options.fixture)}`);
  copyFileSync(path.join(fixtures, options.fixture), script);
  const events: HostEvent[] = [];
  const failures: IisnodeFailure[] = [];
  const waiting: ((event: HostEvent) => void)[] = [];
  const module = createIisnodeModule({
    environment: { ...process.env, COMPUTERNAME: 'DIVINE', ...options.environment },
    onEvent: (event) => {
      events.push(event);
      for (const tell of waiting) tell(event);
    },
  });
  let seen = 0;
  const result: Pick<Site, 'settings'> = { settings: options.settings ?? {} };
  const requestOf = (incoming: http.IncomingMessage): IisnodeRequest => {
    const headers: [string, string][] = [];
    for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
      headers.push([incoming.rawHeaders[index] ?? '', incoming.rawHeaders[index + 1] ?? '']);
    }
    return {
      incoming,
      headers,
      url: incoming.url ?? '/',
      script,
      pathInfo: '',
      settings: resolved(result.settings),
      appSettings: options.appSettings ?? [],
      configPath: 'MACHINE/WEBROOT/APPHOST/Default Web Site/dante',
      local: true,
      responseBufferLimit: 4_194_304,
      addedHeaders: ['Server', 'Microsoft-IIS/10.0'],
      serverVariable: () => undefined,
      ...options.request,
    };
  };
  const server = http.createServer((incoming, response) => {
    seen++;
    void module.request(requestOf(incoming), response).then((failure) => {
      if (failure === undefined) return;
      failures.push(failure);
      response.writeHead(failure.status, failure.reason);
      response.end(`${failure.status}.${failure.subStatus}`);
    });
  });
  const sockets = new Set<Socket>();
  let ended = 0;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('end', () => {
      ended++;
    });
  });
  server.on('upgrade', (incoming, socket, head) => {
    const response = new http.ServerResponse(incoming);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Socket);
    response.on('finish', () => socket.end(() => socket.destroy()));
    void module.upgrade(requestOf(incoming), response, socket, head).then((failure) => {
      if (failure === undefined || 'over' in failure) return;
      failures.push(failure);
      response.writeHead(failure.status, failure.reason);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    await module.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    // Not rmSync: Windows lets go of a watched folder only when the event loop turns.
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  };
  return Object.assign(result, {
    folder,
    script,
    origin: `http://127.0.0.1:${port}`,
    port,
    module,
    events,
    failures,
    seen: () => seen,
    ended: () => ended,
    close,
    get: (target = '/', headers: http.OutgoingHttpHeaders = {}) => request(port, { path: target, headers }),
    event: (code: string) =>
      new Promise<HostEvent>((resolve) => {
        const past = events.find((event) => event.code === code);
        if (past !== undefined) resolve(past);
        else waiting.push((event) => event.code === code && resolve(event));
      }),
  });
}

/** One request on a connection of its own. */
export function request(port: number, options: http.RequestOptions, body?: Buffer | string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = http.request({ host: '127.0.0.1', port, agent: false, ...options }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          reason: response.statusMessage ?? '',
          headers: response.headers,
          rawHeaders: response.rawHeaders,
          text: Buffer.concat(pieces).toString('latin1'),
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** True while a process with this id exists (a zombie counts as gone). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return true;
}

/** Zombies wait for a parent that is gone: they are no processes any more. */
export function isRunning(pid: number): boolean {
  if (!isAlive(pid)) return false;
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) [ZX] /.test(readFileSync(stat, 'utf8'));
}

/** Waits until `ask` is true; fails the test by its time limit. */
export async function until(ask: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await ask())) await new Promise((resolve) => setTimeout(resolve, 10));
}
