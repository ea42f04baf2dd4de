import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { RequestHead } from './parse-head.js';

/** A request as the modules see it: node's own class, filled by the connection in place of node's parser. */
export class ClientRequest extends IncomingMessage {
  /** Host and port of a target in absolute form; they choose the site in place of the Host header. */
  readonly authority: string | undefined;
  readonly #onRead: () => void;

  /** `onRead` is called when somebody waits for bytes of the body. */
  constructor(socket: Socket, head: RequestHead, onRead: () => void) {
    super(socket);
    this.httpVersionMajor = 1;
    this.httpVersionMinor = head.minorVersion;
    this.httpVersion = head.minorVersion === 1 ? '1.1' : '1.0';
    this.method = head.method;
    this.url = head.target;
    this.rawHeaders = head.rawHeaders;
    this.headers = head.headers;
    this.authority = head.authority;
    this.#onRead = onRead;
  }

  /** The body came to its end. */
  finish(): void {
    this.complete = true;
    if (!this.destroyed) this.push(null);
  }

  override _read(): void {
    this.#onRead();
  }

  /** Leaves the socket alone: an answer may be under way on it. */
  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.readableEnded || !this.complete) {
      this.aborted = true;
      this.emit('aborted');
    }
    callback(error);
  }
}
