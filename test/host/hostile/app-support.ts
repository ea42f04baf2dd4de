import { mkdtempSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type HostEvent, type RunningHost, serveSite, startHost } from '../../../src/host/index.js';
import { put, webConfig } from '../harness.js';
import { handlers } from '../iisnode-app.js';

/**
 * One step of what an app does on its pipe in place of an answer. Text is Latin-1.
 * `flood`: writes again and again until the pipe is closed; `times`: writes so often; `hold`: makes the file `held` beside the
 * script and goes on when `go` is there.
 */
export type Step =
  | readonly ['write', string]
  | readonly ['times', string, number]
  | readonly ['flood', string]
  | readonly ['later', string]
  | readonly ['hold']
  | readonly ['close']
  | readonly ['reset'];

export interface Play {
  /** Done at once on the next connection to the pipe, before any request. */
  readonly connect?: readonly Step[];
  /** Done when the head of the request is there; the body is read all the same. */
  readonly head?: readonly Step[];
  /** Done when the whole request is there. */
  readonly answer?: readonly Step[];
  /** The pipe is not read any more once the head of the request is there. */
  readonly deaf?: boolean;
}

/**
 * An app that speaks HTTP by itself. `/hostile?<play>` is answered as the play says; `/arm?<play>` sets what the next connection
 * does, and closes its own; everything else gets its own URL as the answer. What is no request is answered with 400 and shown. The file `closed`
 * appears beside the script when a connection that was played on is closed.
 */
const script = String.raw`
const fs = require('node:fs');
const net = require('node:net');
let armed;
const read = (url) => JSON.parse(Buffer.from(url.split('?')[1], 'base64url').toString());
function act(socket, steps) {
  const [step, ...rest] = steps;
  if (step === undefined || socket.destroyed) return;
  const [kind, text = '', times = 1] = step;
  const bytes = Buffer.from(text, 'latin1');
  if (kind === 'write') socket.write(bytes);
  if (kind === 'times') socket.write(Buffer.alloc(bytes.length * times, bytes));
  if (kind === 'close') socket.end();
  if (kind === 'reset') socket.destroy();
  if (kind === 'hold') {
    fs.writeFileSync(__dirname + '/held', '');
    const timer = setInterval(() => {
      if (!fs.existsSync(__dirname + '/go')) return;
      clearInterval(timer);
      act(socket, rest);
    }, 5);
    return;
  }
  if (kind === 'later') return void setTimeout(() => (socket.write(bytes), act(socket, rest)), 20);
  if (kind === 'flood') {
    const block = Buffer.alloc(Math.max(1, Math.floor(65536 / bytes.length)) * bytes.length, bytes);
    const more = () => { while (!socket.destroyed && socket.write(block)); };
    socket.on('drain', more);
    more();
  }
  act(socket, rest);
}
function own(socket, text) {
  socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ' + text.length + '\r\n\r\n' + text);
}
net.createServer({ allowHalfOpen: true }, (socket) => {
  let buffer = '', play;
  socket.on('error', () => {});
  socket.on('end', () => socket.end());
  if (armed) act(socket, armed);
  armed = undefined;
  socket.on('data', (piece) => {
    buffer += piece.toString('latin1');
    for (;;) {
      const end = buffer.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = buffer.slice(0, end);
      const [, method, url] = /^(GET|HEAD|POST) (\S+) HTTP\/1\.1\r\n/.exec(head) || [];
      if (!url) return void socket.end('HTTP/1.1 400 Junk\r\nContent-Length: ' + head.length + '\r\n\r\n' + head);
      if (url.startsWith('/hostile') && !play) {
        play = read(url);
        socket.on('close', () => fs.writeFileSync(__dirname + '/closed', ''));
        act(socket, play.head || []);
        if (play.deaf) return void socket.pause().removeAllListeners('data');
      }
      const rest = buffer.slice(end + 4);
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] || 0);
      const chunks = /\r\ntransfer-encoding: chunked/i.test(head);
      const body = chunks ? rest.indexOf('0\r\n\r\n') + 5 : length;
      if ((chunks && body === 4) || rest.length < body) return;
      buffer = rest.slice(body);
      if (url.startsWith('/arm')) { armed = read(url); socket.end('HTTP/1.1 204 Armed\r\nConnection: close\r\n\r\n'); }
      else if (play) { const steps = play.answer || []; play = undefined; act(socket, steps); }
      else own(socket, method + ' ' + url);
    }
  });
}).listen(process.env.PORT);
`;

export const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export interface AppHost {
  readonly port: number;
  readonly events: HostEvent[];
  readonly folder: string;
  readonly host: RunningHost;
  close(): Promise<void>;
}

/** A host whose site is one app: every URL goes to server.js as it is. `iisnode` are attributes of its section. */
export async function serveApp(source: string, iisnode = '', files: Record<string, string> = {}): Promise<AppHost> {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'app-')));
  const config = webConfig(`${handlers}
    <iisnode ${iisnode} />
    <webSocket enabled="false" />
    <httpErrors existingResponse="PassThrough" />
    <security><requestFiltering><requestLimits maxQueryString="8192" maxUrl="8192" /></requestFiltering></security>
    <rewrite><rules><rule name="all"><match url=".*" /><action type="Rewrite" url="server.js" /></rule></rules></rewrite>`);
  for (const [name, content] of Object.entries({ 'server.js': source, 'web.config': config, ...files })) {
    put(folder, name, content);
  }
  const events: HostEvent[] = [];
  const host = await startHost({
    loadConfig: serveSite({ directory: folder, vdirPath: '/' }),
    listen: { host: '127.0.0.1', port: 0 },
    onEvent: (event) => events.push(event),
  });
  return {
    port: host.addresses[0]?.port ?? 0,
    events,
    folder,
    host,
    async close() {
      await host.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

/** A host with the hostile app; failures are answered with their own status. */
export const serveHostileApp = (): Promise<AppHost> => serveApp(script, 'devErrorsEnabled="false"');

/** An answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
  /** The body ended before its framing said so. */
  readonly cut: boolean;
  /** What came behind the answer. */
  readonly surplus: string;
  /** `500.1013` as the error page says it. */
  readonly code: string | undefined;
}

export interface Visit {
  readonly method?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
}

/** One request on a connection of its own; resolves when the host closes it. */
export function visit(
  port: number,
  url: string,
  { method = 'GET', headers = [], body = '' }: Visit = {},
): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1');
    const lines = [`${method} ${url} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers];
    socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
    const pieces: Buffer[] = [];
    socket.on('data', (piece: Buffer) => pieces.push(piece));
    socket.on('error', reject);
    socket.on('close', () => resolve(readAnswer(Buffer.concat(pieces).toString('latin1'), method)));
  });
}

function readAnswer(text: string, method: string): WireAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...headers] = text.slice(0, Math.max(0, end)).split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1] ?? 0);
  const rest = text.slice(end + 4);
  const header = (name: string): string | undefined =>
    headers.find((line) => line.toLowerCase().startsWith(`${name}: `))?.slice(name.length + 2);
  const read = bodyOf(rest, header('transfer-encoding') === 'chunked' ? 'chunked' : header('content-length'));
  const { body, cut, surplus } =
    method === 'HEAD' || status === 204 || status === 304 ? { body: '', cut: false, surplus: rest } : read;
  return { status, headers, body, cut, surplus, code: /HTTP Error (\d+\.\d+)/.exec(body)?.[1] };
}

function bodyOf(text: string, framing: string | undefined): Pick<WireAnswer, 'body' | 'cut' | 'surplus'> {
  if (framing === undefined) return { body: text, cut: false, surplus: '' };
  if (framing !== 'chunked') {
    const length = Number(framing);
    return { body: text.slice(0, length), cut: text.length < length, surplus: text.slice(length) };
  }
  let body = '';
  for (let at = 0; ; ) {
    const match = /^([0-9a-f]+)\r\n/i.exec(text.slice(at));
    const length = Number.parseInt(match?.[1] ?? 'ffffff', 16);
    const start = at + (match?.[0].length ?? 0);
    if (start + length + 2 > text.length) return { body: body + text.slice(start), cut: true, surplus: '' };
    if (length === 0) return { body, cut: false, surplus: text.slice(start + 2) };
    body += text.slice(start, start + length);
    at = start + length + 2;
  }
}
