import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import http, { type IncomingHttpHeaders } from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type HostEvent,
  type RequestSeen,
  type RunningHost,
  type ServeSiteOptions,
  serveSite,
  startHost,
} from '../../src/host/index.js';
import type { HostOptions } from '../../src/host/types.js';

/** A fresh folder with these files (path -> content); gone when the test ends. */
export function folderWith(files: Readonly<Record<string, string | Buffer>> = {}): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'sock-host-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) put(folder, name, content);
  return folder;
}

export function put(folder: string, name: string, content: string | Buffer): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** `<configuration><system.webServer>` around sections. */
export const webConfig = (sections: string): string =>
  `<?xml version="1.0" encoding="utf-8"?>\n<configuration>\n<system.webServer>\n${sections}\n</system.webServer>\n</configuration>\n`;

export interface TestHost {
  readonly host: RunningHost;
  readonly origin: string;
  readonly port: number;
  readonly events: HostEvent[];
  get(path: string, options?: http.RequestOptions & { readonly body?: string | Buffer }): Promise<Answer>;
  /** Resolves with the first event of that code, already there or still to come. */
  event(code: string): Promise<HostEvent>;
}

export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: readonly string[];
  readonly body: string;
  /** `404.8`, as the detailed error page has it. */
  readonly code: string | undefined;
}

/** Serves a folder as `serve` does, on a free port; closed when the test ends. */
export async function serve(
  options: ServeSiteOptions,
  onRequest?: (seen: RequestSeen) => void,
  more: Partial<HostOptions> = {},
): Promise<TestHost> {
  const events: HostEvent[] = [];
  const waiting: ((event: HostEvent) => void)[] = [];
  const host = await startHost({
    loadConfig: serveSite(options),
    listen: { host: '127.0.0.1', port: 0 },
    ...(onRequest && { onRequest }),
    ...more,
    onEvent: (event) => {
      events.push(event);
      for (const tell of waiting.splice(0)) tell(event);
    },
  });
  onTestFinished(() => host.close());
  const [address] = host.addresses;
  if (address === undefined) throw new Error('no address');
  return {
    host,
    origin: address.origin,
    port: address.port,
    events,
    get: (url, given = {}) => request(address.port, url, given),
    async event(code) {
      for (;;) {
        const found = events.find((event) => event.code === code);
        if (found !== undefined) return found;
        await new Promise((resolve) => waiting.push(resolve));
      }
    },
  };
}

/** One request on a connection of its own; the path goes out as it is. */
export function request(
  port: number,
  url: string,
  { body, ...options }: http.RequestOptions & { readonly body?: string | Buffer } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = http.request({ host: '127.0.0.1', port, path: url, agent: false, ...options }, (incoming) => {
      const pieces: Buffer[] = [];
      incoming.on('data', (piece: Buffer) => pieces.push(piece));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const text = Buffer.concat(pieces).toString();
        resolve({
          status: incoming.statusCode ?? 0,
          reason: incoming.statusMessage ?? '',
          headers: incoming.headers,
          raw: incoming.rawHeaders,
          body: text,
          code: /HTTP Error (\d+\.\d+)/.exec(text)?.[1],
        });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Sends raw bytes and gives everything that came back until the server closed. */
export function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (piece: string) => {
      text += piece;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}
