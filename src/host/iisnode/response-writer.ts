import type { ServerResponse } from 'node:http';
import { ClientGone } from '../backend/client-watch.js';
import { cutOff } from '../backend/cut-off.js';
import { BridgeError, win32 } from './failures.js';
import type { ResponseHead } from './response-head.js';

/** This many small pieces are joined: otherwise a body of single bytes would need a hundred times its size. */
const mostPieces = 256;

/**
 * The response that is sent to the client. IIS buffers an unflushed response until it ends or has responseBufferLimit
 * bytes; iisnode flushes after each piece of a chunked body, and only with flushResponse. So small pieces
 * of a streamed response arrive together at its end, and until something was sent an error can still replace it.
 * (That content of known length is buffered in the same way is unconfirmed; iisnode never flushes it.)
 */
export class ResponseWriter {
  readonly #response: ServerResponse;
  readonly #limit: number;
  readonly #flushes: boolean;
  #head: ResponseHead | undefined;
  #held: Buffer[] = [];
  /** Pieces at the end of #held that are not joined yet. */
  #loose = 0;
  #heldBytes = 0;
  #sent = false;
  #cut = false;

  constructor(response: ServerResponse, options: { readonly flushResponse: boolean; readonly limit: number }) {
    this.#response = response;
    this.#flushes = options.flushResponse;
    this.#limit = options.limit;
  }

  /** True when the status line was sent and can no longer change. */
  get sent(): boolean {
    return this.#sent;
  }

  /** Sets the head; it is sent with the first bytes of the body. */
  head(head: ResponseHead): void {
    this.#head = head;
  }

  /** Adds a piece; when it returns a promise, wait for it before the next one. Throws ClientGone, BridgeError. */
  write(piece: Buffer, flush: boolean): Promise<void> | undefined {
    this.#hold(piece);
    if (!(flush && this.#flushes) && this.#heldBytes < Math.max(1, this.#limit)) return undefined;
    const bytes = this.#take();
    if (this.#response.destroyed) throw new ClientGone('the client has disconnected');
    this.#sendHead();
    return this.#response.write(bytes) ? undefined : drained(this.#response);
  }

  /** Sends what is buffered and ends the response. */
  end(): void {
    if (this.#cut) return;
    this.#sendHead();
    if (this.#heldBytes === 0) this.#response.end();
    else this.#response.end(this.#take());
  }

  /** Sends what is buffered, then closes the connection: the client sees a truncated response. */
  cutOff(): void {
    this.#sendHead();
    if (this.#heldBytes > 0) this.#response.write(this.#take());
    this.#cut = true;
    cutOff(this.#response);
  }

  #sendHead(): void {
    if (this.#sent || this.#head === undefined) return;
    const { status, reason, headers } = this.#head;
    try {
      this.#response.writeHead(status, reason, headers);
    } catch (cause) {
      // If node:http refuses to send it, the application is wrong, not this host.
      if (!isRefusal(cause)) throw cause;
      throw new BridgeError('responseHeaders', win32.badFormat, { cause });
    }
    this.#sent = true;
  }

  #hold(piece: Buffer): void {
    this.#held.push(piece);
    this.#heldBytes += piece.length;
    this.#loose += 1;
    if (this.#loose < mostPieces) return;
    this.#held.push(Buffer.concat(this.#held.splice(-this.#loose)));
    this.#loose = 0;
  }

  #take(): Buffer {
    const bytes = this.#held.length === 1 && this.#held[0] !== undefined ? this.#held[0] : Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    this.#loose = 0;
    return bytes;
  }
}

function isRefusal(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^ERR_(?:HTTP_(?!HEADERS_SENT)|INVALID_)/.test(code);
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
