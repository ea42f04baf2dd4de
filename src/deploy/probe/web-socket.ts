import type { IncomingMessage } from 'node:http';
import type { RawData } from 'ws';

export type UpgradeOutcome =
  | {
      readonly kind: 'open';
      /** Name of the app's first event, or how long a plain WebSocket's first message is; undefined when none came in time. */
      readonly event: string | undefined;
      /** Set when the app refused the namespace. */
      readonly refused: string | undefined;
    }
  | { readonly kind: 'answered'; readonly status: number; readonly body: string; readonly server: string | undefined }
  | { readonly kind: 'failed'; readonly error: Error };

export interface UpgradeOptions {
  /** Not socket.io's: no handshake of its own, messages and no events. */
  readonly isPlain: boolean;
  /** ms for the upgrade and the Engine.IO handshake. */
  readonly timeout: number;
  /** ms for the first event after it. */
  readonly eventTimeout: number;
  readonly signal: AbortSignal | undefined;
  readonly origin: string;
}

/** Loads the WebSocket client; whoever has to wait for something else first calls it before that. */
export const loadWebSocket = () => import('ws');

/**
 * Opens a socket.io connection straight over WebSocket (Engine.IO 4, namespace /), or a plain WebSocket, and waits for the
 * first event or message.
 * The connection is closed behind it.
 */
export async function openSocket(url: URL, options: UpgradeOptions): Promise<UpgradeOutcome> {
  const { WebSocket } = await loadWebSocket();
  return new Promise((resolve) => {
    const socket = new WebSocket(url, {
      headers: { origin: options.origin, 'user-agent': 'iisnode-sock' },
      handshakeTimeout: options.timeout,
      rejectUnauthorized: false,
      perMessageDeflate: false,
    });
    let timer = setTimeout(
      () =>
        finish({
          kind: 'failed',
          error: new Error(`no ${options.isPlain ? 'upgrade' : 'socket.io handshake'} within ${options.timeout} ms`),
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
      if (socket.readyState === WebSocket.OPEN && !options.isPlain) socket.send('41'); // leave the namespace as a client does
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
    socket.on('close', (code) =>
      finish({ kind: 'failed', error: new Error(`closed with code ${code} before it spoke`) }),
    );
    const wait = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => finish({ kind: 'open', event: undefined, refused: undefined }), options.eventTimeout);
    };
    if (options.isPlain) socket.on('open', wait);
    socket.on('message', (data) => {
      const packet = textOf(data);
      if (options.isPlain) return finish({ kind: 'open', event: `${Buffer.byteLength(packet)} B`, refused: undefined });
      if (packet.startsWith('0')) socket.send('40');
      else if (packet === '2') socket.send('3');
      else if (packet.startsWith('40')) wait();
      else if (packet.startsWith('44')) finish({ kind: 'open', event: undefined, refused: refusal(packet) });
      else if (/^4[25]/.test(packet)) finish({ kind: 'open', event: eventName(packet), refused: undefined });
    });
  });
}

function textOf(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString('utf8');
  return (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)).toString('utf8');
}

/** `42["stanza",{...}]`, `451-["x",...]`, `42/ns,7["x"]`. */
function eventName(packet: string): string {
  const from = packet.indexOf('[');
  try {
    const parsed: unknown = JSON.parse(packet.slice(from));
    return Array.isArray(parsed) ? String(parsed[0]) : 'event';
  } catch {
    return 'event'; // not JSON: another parser, still an event
  }
}

function refusal(packet: string): string {
  return /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(packet)?.[1] ?? 'no reason given';
}

async function readAnswer(response: IncomingMessage): Promise<UpgradeOutcome> {
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
  return { kind: 'answered', status: response.statusCode ?? 0, body, server: String(response.headers.server ?? '') };
}
