import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { memoryOf } from '../host/index.js';
import { pageWith } from './page.js';
import { Recent } from './recent.js';
import type { Inspected, Inspector } from './types.js';

/** How often pages are informed of changes, and of the processes, in ms. */
const changesEvery = 250;
const processesEvery = 2_000;

/** A page that is open. */
interface Viewer {
  readonly response: http.ServerResponse;
  position: { readonly requests: number; readonly lines: number };
}

/**
 * Starts the live page on a port of its own at 127.0.0.1, below a path that cannot be guessed: no other user of the machine and no page of
 * the web sees it.
 */
export async function startInspector(inspected: Inspected): Promise<Inspector> {
  const page = new LivePage(inspected);
  await page.listen();
  return page;
}

class LivePage implements Inspector {
  readonly #inspected: Inspected;
  readonly #recent = new Recent();
  readonly #viewers = new Set<Viewer>();
  readonly #path = `/${randomBytes(16).toString('hex')}/`;
  readonly #server: http.Server;
  readonly #timers: NodeJS.Timeout[] = [];
  #version = 0;

  constructor(inspected: Inspected) {
    this.#inspected = inspected;
    this.#server = http.createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500, { 'Content-Type': 'text/plain; charset=utf-8' });
        response.end(error instanceof Error ? error.message : String(error));
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${this.#path}`;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    this.#timers.push(
      setInterval(() => this.#sendChanges(), changesEvery).unref(),
      setInterval(() => void this.#sendProcesses(), processesEvery).unref(),
    );
  }

  request(...given: Parameters<Inspector['request']>): void {
    this.#recent.request(...given);
  }

  output(...given: Parameters<Inspector['output']>): void {
    this.#recent.output(...given);
  }

  event(...given: Parameters<Inspector['event']>): void {
    this.#recent.event(...given);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    for (const { response } of this.#viewers) response.end();
    this.#viewers.clear();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { url = '', method } = request;
    // A name that a page of the web lets point to this machine is not ours (DNS rebinding).
    const isKnown = request.headers.host === new URL(this.url).host && url.startsWith(this.#path);
    if (!isKnown || method !== 'GET') {
      response.writeHead(404).end();
      return;
    }
    const asked = url.slice(this.#path.length);
    const [, id] = /^trace\/(\d{1,15})$/.exec(asked) ?? [];
    if (asked === '') sendPage(response);
    else if (asked === 'overview') sendJson(response, await this.#inspected.overview());
    else if (asked === 'findings') sendJson(response, await this.#inspected.findings());
    else if (asked === 'changes') await this.#open(response);
    else if (id !== undefined) await this.#sendTrace(response, Number(id));
    else response.writeHead(404).end();
  }

  async #sendTrace(response: http.ServerResponse, id: number): Promise<void> {
    const seen = this.#recent.seen(id);
    if (seen === undefined) sendJson(response, { lines: ['This request is no longer kept.'] });
    else sendJson(response, { lines: await this.#inspected.trace(seen) });
  }

  async #open(response: http.ServerResponse): Promise<void> {
    response.writeHead(200, { ...common, 'Content-Type': 'text/event-stream' });
    const viewer: Viewer = { response, position: { requests: 0, lines: 0 } };
    response.on('close', () => this.#viewers.delete(viewer));
    this.#viewers.add(viewer);
    this.#send(viewer);
    await this.#sendProcesses();
  }

  #sendChanges(): void {
    if (this.#recent.version === this.#version) return;
    this.#version = this.#recent.version;
    for (const viewer of this.#viewers) this.#send(viewer);
  }

  #send(viewer: Viewer): void {
    const { requests, lines } = this.#recent.position;
    if (requests === viewer.position.requests && lines === viewer.position.lines) return;
    if (viewer.response.writableNeedDrain) return; // it gets the changes together when it reads on
    write(viewer.response, 'changes', this.#recent.since(viewer.position));
    viewer.position = this.#recent.position;
  }

  async #sendProcesses(): Promise<void> {
    if (this.#viewers.size === 0) return;
    const running = await this.#inspected.processes();
    const memory = await memoryOf(running.map(({ pid }) => pid));
    const shown = running.map((one) => ({ ...one, memory: memory.get(one.pid) }));
    const sockets = this.#recent.sockets(); // what is known of a socket changes without a request
    for (const { response } of this.#viewers) {
      if (response.writableNeedDrain) continue;
      write(response, 'processes', shown);
      write(response, 'sockets', sockets);
    }
  }
}

const common = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const;

function sendPage(response: http.ServerResponse): void {
  const nonce = randomBytes(16).toString('base64');
  response.writeHead(200, {
    ...common,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  });
  response.end(pageWith(nonce));
}

function sendJson(response: http.ServerResponse, value: object): void {
  response.writeHead(200, { ...common, 'Content-Type': 'application/json' });
  response.end(JSON.stringify(value));
}

function write(response: http.ServerResponse, event: string, value: unknown): void {
  response.write(`event: ${event}\ndata: ${JSON.stringify(value)}\n\n`);
}
