import type { ClientRequest, IncomingMessage } from 'node:http';
import type { RawData, WebSocket } from 'ws';
import type { Json } from '../source/index.js';
import type { Lookup } from './address.js';
import type { UpgradeAnswer } from './explain-upgrade.js';
import { requireCertificate } from './own-certificate.js';

export type UpgradeOutcome =
  | {
      readonly kind: 'open';
      /** Name of the app's first event, or how long a plain WebSocket's first message is; undefined when none came in time. */
      readonly event: string | undefined;
      /** Set when the app refused the namespace, or closed a plain WebSocket at once: why. */
      readonly refused: string | undefined;
      /** The lines of the header Connection in the answer 101, in its order. */
      readonly connection: readonly string[];
    }
  | ({ readonly kind: 'answered' } & UpgradeAnswer)
  | { readonly kind: 'failed'; readonly error: Error };

export interface UpgradeOptions {
  /** Engine.IO's protocol; 'plain': not socket.io's, so no handshake of its own, messages and no events. */
  readonly protocol: 3 | 4 | 'plain';
  /** ms for the upgrade and the Engine.IO handshake. */
  readonly timeout: number;
  /** ms for the first event after it. */
  readonly eventTimeout: number;
  readonly signal: AbortSignal | undefined;
  readonly origin: string;
  readonly lookup?: Lookup | undefined;
  /** SHA-1 thumbprint of the one certificate that is accepted; undefined: any. */
  readonly certificate?: string | undefined;
  /** The Cookie header. */
  readonly cookie?: string | undefined;
  /** Further headers of the request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What a client of socket.io 3 and 4 sends with its connection to the namespace. */
  readonly auth?: Json | undefined;
  /** socket.io's, '/' by default. */
  readonly namespace?: string;
  /** The header Connection of the request, where it is not the usual `Upgrade`. */
  readonly connection?: string | undefined;
}

/** Bytes of one message: what an app sends first is small, and a server must not fill the memory of who looks at it. */
export const mostBytes = 1_000_000;
/** Characters of a server's own words that are told. */
const mostWords = 200;

/** Loads the WebSocket client; called early, it loads while other requests are waited for. */
export const loadWebSocket = () => import('ws');

/**
 * Opens a socket.io connection straight over WebSocket, or a plain WebSocket, and waits for the first event or
 * message. The connection is closed behind it.
 */
export async function openSocket(url: URL, options: UpgradeOptions): Promise<UpgradeOutcome> {
  const { WebSocket } = await loadWebSocket();
  const { cookie, lookup } = options;
  const socket = new WebSocket(url, {
    headers: {
      ...options.headers,
      origin: options.origin,
      'user-agent': 'iisnode-sock',
      ...(cookie !== undefined && { cookie }),
    },
    handshakeTimeout: options.timeout,
    rejectUnauthorized: false,
    perMessageDeflate: false,
    maxPayload: mostBytes,
    ...(lookup && { lookup }), // ws hands it to http.request
    finishRequest: (request: ClientRequest) => {
      requireCertificate(request, options.certificate);
      if (options.connection !== undefined) request.setHeader('connection', options.connection);
      request.end();
    },
  });
  return new Promise((resolve) => new Visit(socket, options, resolve));
}

/** One connection, from the request to its first event; `done` is called once. */
class Visit {
  readonly #socket: WebSocket;
  readonly #options: UpgradeOptions;
  readonly #done: (outcome: UpgradeOutcome) => void;
  readonly #isPlain: boolean;
  readonly #namespace: string;
  /** The namespace in front of a packet's content. */
  readonly #place: string;
  readonly #abort = (): void => this.#fail(new Error('interrupted'));
  #timer: NodeJS.Timeout;
  #connection: readonly string[] = [];
  #isOpen = false;
  #finished = false;

  constructor(socket: WebSocket, options: UpgradeOptions, done: (outcome: UpgradeOutcome) => void) {
    const { protocol, namespace = '/', timeout, signal } = options;
    this.#socket = socket;
    this.#options = options;
    this.#done = done;
    this.#isPlain = protocol === 'plain';
    this.#namespace = namespace;
    this.#place = namespace === '/' ? '' : `${namespace},`;
    const awaited = this.#isPlain ? 'upgrade' : 'socket.io handshake';
    this.#timer = setTimeout(() => this.#fail(new Error(`no ${awaited} within ${timeout} ms`)), timeout);
    signal?.addEventListener('abort', this.#abort);
    if (signal?.aborted === true) this.#abort();
    socket.on('unexpected-response', (_, response) => void readAnswer(response).then((one) => this.#finish(one)));
    socket.on('error', (error) => this.#fail(error));
    socket.on('upgrade', (response) => {
      this.#connection = connectionLines(response);
    });
    socket.on('open', () => {
      this.#isOpen = true;
      if (this.#isPlain) this.#awaitEvent();
    });
    socket.on('message', (data) => this.#hear(bytesOf(data)));
    socket.on('close', (code) => this.#closed(code));
  }

  #hear(bytes: Buffer): void {
    if (this.#isPlain) this.#opened(`${bytes.length} B`);
    else this.#hearPacket(bytes.toString('utf8'));
  }

  #hearPacket(packet: string): void {
    if (packet.startsWith('0')) this.#connect();
    else if (packet === '2') this.#socket.send('3');
    else if (!isOf(packet, this.#namespace)) return;
    else if (packet.startsWith('40')) this.#awaitEvent();
    else if (packet.startsWith('44')) this.#opened(undefined, refusal(packet));
    else if (/^4[25]/.test(packet)) this.#opened(eventName(packet));
  }

  /** Servers of socket.io 1 and 2 connect the namespace / themselves. */
  #connect(): void {
    const { protocol, auth } = this.#options;
    const isCurrent = protocol === 4;
    const said = auth === undefined ? '' : JSON.stringify(auth);
    if (isCurrent || this.#place !== '') this.#socket.send(`40${isCurrent ? this.#place + said : this.#namespace}`);
  }

  #awaitEvent(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#opened(), this.#options.eventTimeout);
  }

  /** A plain WebSocket that the app itself closes was open: it does not want this visitor. 1006 and 1011 are accidents. */
  #closed(code: number): void {
    if (this.#isPlain && this.#isOpen && code !== 1006 && code !== 1011) {
      this.#opened(undefined, `it closes with code ${code}`);
    } else this.#fail(new Error(`closed with code ${code} before it sent anything`));
  }

  #opened(event?: string, refused?: string): void {
    this.#finish({ kind: 'open', event, refused, connection: this.#connection });
  }

  #fail(error: Error): void {
    this.#finish({ kind: 'failed', error });
  }

  #finish(outcome: UpgradeOutcome): void {
    if (this.#finished) return;
    this.#finished = true;
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener('abort', this.#abort);
    const socket = this.#socket;
    // The namespace is left as a client does it.
    if (socket.readyState === socket.OPEN && !this.#isPlain) socket.send(`41${this.#place}`);
    socket.close();
    // A server that does not answer the close frame must not keep the process alive.
    const end = setTimeout(() => socket.terminate(), 200);
    socket.once('close', () => clearTimeout(end));
    this.#done(outcome);
  }
}

/** The values of the header Connection, one for each of its lines (node joins most headers that come twice). */
export const connectionLines = ({ rawHeaders }: IncomingMessage): readonly string[] =>
  rawHeaders.flatMap((value, index) =>
    index % 2 === 1 && /^connection$/i.test(rawHeaders[index - 1] ?? '') ? [value] : [],
  );

export function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

/** Packets of the namespace / have no name in front: `40{..}`, `40/chat,{..}`, `451-/chat,[..]`. */
function isOf(packet: string, namespace: string): boolean {
  const [, name = '/'] = /^4\d(?:\d+-)?(\/[^,?]*)/.exec(packet) ?? [];
  return name === namespace;
}

/** `42["stanza",{...}]`, `451-["x",...]`, `42/ns,7["x"]`. */
function eventName(packet: string): string {
  const from = packet.indexOf('[');
  try {
    const parsed: unknown = JSON.parse(packet.slice(from));
    return Array.isArray(parsed) ? String(parsed[0]).slice(0, mostWords) : 'event';
  } catch {
    return 'event'; // not JSON: another parser, still an event
  }
}

function refusal(packet: string): string {
  const said = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(packet) ?? /^44[^"{]*"((?:[^"\\]|\\.)*)"$/.exec(packet);
  return said?.[1]?.slice(0, mostWords) ?? 'no reason given';
}

/** What a server answers in place of 101. */
export async function readAnswer(response: IncomingMessage): Promise<{ readonly kind: 'answered' } & UpgradeAnswer> {
  let body = '';
  response.setEncoding('utf8');
  try {
    for await (const chunk of response) {
      body += String(chunk);
      if (body.length > 200_000) break;
    }
  } catch {
    // cut in the middle: what came is enough to explain
  }
  const { server, location } = response.headers;
  const challenge = String(response.headers['www-authenticate'] ?? '');
  return {
    kind: 'answered',
    status: response.statusCode ?? 0,
    body,
    server: String(server ?? ''),
    location,
    challenge,
  };
}
