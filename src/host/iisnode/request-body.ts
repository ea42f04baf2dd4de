import type { Readable } from 'node:stream';
import { ClientGone, type ClientWatch } from '../backend/client-watch.js';
import { BridgeError, win32 } from './failures.js';
import type { PipeConnection } from './pipe-connection.js';
import type { RequestHead } from './request-head.js';

const crlf = Buffer.from('\r\n');
const lastChunk = Buffer.from('0\r\n\r\n');
const nothing = Buffer.alloc(0);
/** How many bytes of a body may wait for node; below this limit the client is read, so that a disconnect is noticed. */
const mostWaiting = 256 * 1024;
/** How long node may read nothing of a body after it has begun to send its answer, in ms. */
const answeredStall = 30_000;

export interface BodyOptions {
  readonly head: Pick<RequestHead, 'framing' | 'length'>;
  readonly client: ClientWatch;
  readonly stall?: number;
}

/**
 * Sends the whole body before the response is read: iisnode is half duplex (iisnode 0.2.27, cprotocolbridge.cpp
 * ReadRequestBody). Chunked bodies are chunked again, each piece as it arrives becomes a chunk. Resolves with true when node has the
 * whole body; with false when node does not read the rest but has answered: it closed its end, or reads nothing for `stall` ms (where
 * iisnode waits forever). Throws BridgeError 500.1008, 500.1010, and ClientGone, which does not close the connection.
 */
export function sendRequestBody(body: Readable, connection: PipeConnection, options: BodyOptions): Promise<boolean> {
  return new Promise((resolve, reject) => {
    new BodyPump(body, connection, options, resolve, reject).start();
  });
}

class BodyPump {
  readonly #body: Readable;
  readonly #connection: PipeConnection;
  readonly #options: BodyOptions;
  readonly #resolve: (whole: boolean) => void;
  readonly #reject: (error: Error) => void;
  #timer: NodeJS.Timeout | undefined;
  /** Writes that node has not read yet. */
  #pending = 0;
  #sent = 0;
  #ended = false;
  #done = false;
  #progress = false;

  constructor(
    body: Readable,
    connection: PipeConnection,
    options: BodyOptions,
    resolve: (whole: boolean) => void,
    reject: (error: Error) => void,
  ) {
    this.#body = body;
    this.#connection = connection;
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(): void {
    const body = this.#body;
    body.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#onGone).on('close', this.#onGone);
    this.#options.client.whenGone(() => {
      // Before the end of the body its own events report it.
      if (this.#ended) this.#connection.close();
    });
    this.#timer = setInterval(this.#look, this.#options.stall ?? answeredStall);
    this.#timer.unref();
    // Disconnected while node was starting: there will be no event.
    if (body.closed && !body.readableEnded) this.#onGone();
  }

  get #chunked(): boolean {
    return this.#options.head.framing === 'chunked';
  }

  readonly #onData = (piece: Buffer): void => {
    this.#sent += piece.length;
    this.#write(this.#chunked ? chunk(piece) : piece);
    if (this.#connection.socket.writableLength > mostWaiting) this.#body.pause();
  };

  readonly #onEnd = (): void => {
    this.#ended = true;
    this.#body.off('close', this.#onGone);
    this.#write(this.#chunked ? lastChunk : nothing);
  };

  /** The client disconnected: for node a chunked upload just ends (iisnode 0.2.27, ReadRequestBodyCompleted). */
  readonly #onGone = (cause?: unknown): void => {
    if (this.#ended) return;
    if (this.#options.client.gone) {
      if (this.#chunked) this.#connection.finish(lastChunk);
      this.#settle(new ClientGone('the client has disconnected'));
    } else if (this.#chunked) this.#onEnd();
    else this.#settle(new BridgeError('bodyUnreadable', win32.noData, { cause }));
  };

  #write(bytes: Buffer): void {
    this.#pending += 1;
    const taken = this.#connection.send(bytes) ?? Promise.resolve();
    taken.then(this.#onTaken, this.#onRefused);
  }

  readonly #onTaken = (): void => {
    this.#pending -= 1;
    this.#progress = true;
    if (this.#done) return;
    if (this.#ended && this.#pending === 0) this.#settle(this.#chunked || this.#sent === this.#options.head.length);
    else if (this.#connection.socket.writableLength <= mostWaiting) this.#body.resume();
  };

  readonly #onRefused = (cause: unknown): void => {
    this.#settle(this.#connection.buffered > 0 ? false : new BridgeError('bodyBroken', win32.brokenPipe, { cause }));
  };

  readonly #look = (): void => {
    const stalled = this.#pending > 0 && !this.#progress;
    this.#progress = false;
    if (stalled && this.#connection.buffered > 0) this.#settle(false);
  };

  #settle(outcome: boolean | Error): void {
    if (this.#done) return;
    this.#done = true;
    clearInterval(this.#timer);
    const body = this.#body;
    body.off('data', this.#onData).off('end', this.#onEnd).off('error', this.#onGone).off('close', this.#onGone);
    // The part that node does not read is read and dropped, so that the client can get its answer.
    body.on('error', () => undefined).resume();
    if (typeof outcome === 'boolean') this.#resolve(outcome);
    else this.#reject(outcome);
  }
}

function chunk(piece: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, crlf]);
}
