import type { ClientRequest, IncomingMessage } from 'node:http';
import type { RawData } from 'ws';
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
  const isPlain = options.protocol === 'plain';
  const { cookie, namespace = '/' } = options;
  const place = namespace === '/' ? '' : `${namespace},`;
  return new Promise((resolve) => {
    const asked = {
      headers: { origin: options.origin, 'user-agent': 'iisnode-sock', ...(cookie !== undefined && { cookie }) },
      handshakeTimeout: options.timeout,
      rejectUnauthorized: false,
      perMessageDeflate: false,
      maxPayload: mostBytes,
      ...(options.lookup && { lookup: options.lookup }), // ws hands it to http.request
      finishRequest: (request: ClientRequest) => {
        requireCertificate(request, options.certificate);
        if (options.connection !== undefined) request.setHeader('connection', options.connection);
        request.end();
      },
    };
    const socket = new WebSocket(url, asked);
    let timer = setTimeout(
      () =>
        finish({
          kind: 'failed',
          error: new Error(`no ${isPlain ? 'upgrade' : 'socket.io handshake'} within ${options.timeout} ms`),
        }),
      options.timeout,
    );
    let finished = false;
    const aborted = (): void => finish({ kind: 'failed', error: new Error('interrupted') });
    const finish = (outcome: UpgradeOutcome): void => {
      if (finished) return;
      finished = true;
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', aborted);
      if (socket.readyState === WebSocket.OPEN && !isPlain) socket.send(`41${place}`); // leave the namespace as a client does
      socket.close();
      // A server that does not answer the close frame must not keep the process alive.
      const end = setTimeout(() => socket.terminate(), 200);
      socket.once('close', () => clearTimeout(end));
      resolve(outcome);
    };
    options.signal?.addEventListener('abort', aborted);
    if (options.signal?.aborted === true) aborted();
    socket.on('unexpected-response', (_request, response) => void readAnswer(response).then(finish));
    socket.on('error', (error) => finish({ kind: 'failed', error }));
    let isOpen = false;
    let connection: readonly string[] = [];
    socket.on('upgrade', (response) => {
      connection = connectionLines(response);
    });
    const opened = (event?: string, refused?: string): void => finish({ kind: 'open', event, refused, connection });
    socket.on('close', (code) => {
      // A plain WebSocket that the app itself closes was open: it does not want this visitor. 1006 and 1011 are accidents.
      if (isPlain && isOpen && code !== 1006 && code !== 1011) {
        return opened(undefined, `it closes with code ${code}`);
      }
      finish({ kind: 'failed', error: new Error(`closed with code ${code} before it sent anything`) });
    });
    socket.on('open', () => {
      isOpen = true;
    });
    const wait = (): void => {
      clearTimeout(timer);
      timer = setTimeout(opened, options.eventTimeout);
    };
    if (isPlain) socket.on('open', wait);
    socket.on('message', (data) => {
      const bytes = bytesOf(data);
      if (isPlain) return opened(`${bytes.length} B`);
      const packet = bytes.toString('utf8');
      if (packet.startsWith('0')) {
        // Servers of socket.io 1 and 2 connect the namespace / themselves.
        if (options.protocol === 4 || place !== '') socket.send(`40${options.protocol === 4 ? place : namespace}`);
        return;
      }
      if (packet === '2') socket.send('3');
      if (!isOf(packet, namespace)) return;
      if (packet.startsWith('40')) wait();
      else if (packet.startsWith('44')) opened(undefined, refusal(packet));
      else if (/^4[25]/.test(packet)) opened(eventName(packet));
    });
  });
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
