import http from 'node:http';
import https from 'node:https';
import type { Secret } from './access.js';

/** What a request sends. */
export interface Sent {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: URL;
  readonly credential: Secret;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly length: number; readonly parts: () => AsyncIterable<Uint8Array> };
  /** ms without a byte from the server after which it is given up; while a body is sent, without a byte in either direction. */
  readonly idle: number;
  /** ms for the connection; what a firewall drops is never answered. */
  readonly connect?: number;
  /** Of an answer that is too long, the end is kept; by default it is refused. */
  readonly keepsEnd?: boolean;
  readonly signal: AbortSignal;
}

/** A whole answer. */
export interface Answered {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** The same as text. */
  readonly body: string;
  /** Bytes before these that were left out, with `keepsEnd`. */
  readonly skipped?: number;
}

/**
 * There was no answer. `connecting`: the server has got no byte of the request; `sending`: not the whole request; `sent`: all of it,
 * and what it did with it is unknown.
 */
export class NoAnswer extends Error {
  readonly stage: 'connecting' | 'sending' | 'sent';

  constructor(stage: NoAnswer['stage'], cause: Error) {
    super(cause.message, { cause });
    this.stage = stage;
  }
}

/** In bytes: a list of deployments is shorter. */
export const mostOfAnswer = 8_000_000;
const patienceForConnection = 20_000;
/** ms for a server to allow the body; then it is sent all the same. */
const patienceForContinue = 2_000;

/**
 * One request. A body is sent once the server allows it (100-continue): a refusal costs no upload. No redirect is followed, because the
 * credential is for this host.
 * @throws NoAnswer; the signal's reason.
 */
export function ask({ keepsEnd = false, ...given }: Sent): Promise<Answered> {
  const { method, url, credential, headers, body, idle, connect = patienceForConnection, signal } = given;
  const { request } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    let stage: NoAnswer['stage'] = 'connecting';
    const sent = request(url, {
      method,
      agent: false,
      headers: {
        'user-agent': 'iisnode-sock',
        accept: 'application/json, text/plain',
        authorization: credential.header,
        connection: 'close',
        ...lengthOf(method, body?.length),
        ...headers,
      },
    });
    const stop = (): void => void sent.destroy(new Error('interrupted'));
    signal.addEventListener('abort', stop, { once: true });
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', stop);
      reject(signal.aborted ? signal.reason : new NoAnswer(stage, error));
    };
    let longest = Math.min(connect, idle);
    const givenUp = (): string =>
      `no ${stage === 'connecting' ? 'connection' : 'answer'} within ${Math.round(longest / 1000)} s`;
    sent.setTimeout(longest, () => sent.destroy(new Error(givenUp())));
    sent.on('socket', (socket) => {
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        stage = 'sending';
        longest = idle;
        sent.setTimeout(idle);
      });
    });
    sent.on('finish', () => {
      stage = 'sent';
    });
    sent.on('error', fail);
    sent.on('close', () => fail(new Error('the connection was closed before an answer came')));
    sent.on('response', (response) => {
      const gathered = new Gathered();
      response.on('data', (chunk: Buffer) => {
        if (gathered.add(chunk) && !keepsEnd) sent.destroy(new Error(`the answer has more than ${mostOfAnswer} bytes`));
      });
      response.on('error', fail);
      response.on('end', () => {
        signal.removeEventListener('abort', stop);
        const { statusCode: status = 0 } = response;
        const { bytes, skipped } = gathered.end();
        resolve({ status, headers: response.headers, bytes, body: bytes.toString('utf8'), skipped });
        sent.destroy(); // a refusal may come before the body was sent
      });
    });
    if (body === undefined) sent.end();
    else sendBody(sent, body.parts);
  });
}

/** The newest bytes of an answer. */
class Gathered {
  readonly #chunks: Buffer[] = [];
  #kept = 0;
  #size = 0;

  /** @returns whether the answer is too long. */
  add(chunk: Buffer): boolean {
    this.#chunks.push(chunk);
    this.#kept += chunk.length;
    this.#size += chunk.length;
    let [first] = this.#chunks;
    while (first !== undefined && this.#kept - first.length >= mostOfAnswer) {
      this.#kept -= first.length;
      this.#chunks.shift();
      [first] = this.#chunks;
    }
    return this.#size > mostOfAnswer;
  }

  end(): { readonly bytes: Buffer; readonly skipped: number } {
    const all = Buffer.concat(this.#chunks);
    const bytes = all.subarray(Math.max(0, all.length - mostOfAnswer));
    return { bytes, skipped: this.#size - bytes.length };
  }
}

function lengthOf(method: Sent['method'], length: number | undefined): Record<string, string> {
  if (length !== undefined) return { 'content-length': `${length}`, expect: '100-continue' };
  return method === 'GET' ? {} : { 'content-length': '0' };
}

/** Begins when the server allows it, or says nothing; an answer that comes first makes it needless. */
function sendBody(sent: http.ClientRequest, parts: () => AsyncIterable<Uint8Array>): void {
  let isBegun = false;
  const begin = async (): Promise<void> => {
    if (isBegun || sent.destroyed) return;
    isBegun = true;
    try {
      for await (const part of parts()) {
        if (sent.destroyed) return;
        if (!sent.write(part)) await writable(sent);
      }
      sent.end();
    } catch (error) {
      sent.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  };
  const timer = setTimeout(() => void begin(), patienceForContinue);
  sent.on('continue', () => void begin());
  sent.on('response', () => {
    isBegun = true;
  });
  sent.on('close', () => clearTimeout(timer));
  sent.flushHeaders();
}

/** Resolves too when the request has ended. */
const writable = (sent: http.ClientRequest): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      sent.off('drain', done).off('close', done);
      resolve();
    };
    sent.on('drain', done).on('close', done);
  });
