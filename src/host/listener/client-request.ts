import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { RequestHead } from './parse-head.js';

/** What a request needs from its connection. */
export interface RequestOwner {
  /** A reader waits for bytes of the body. */
  onRead(): void;
  /** A listener threw. */
  onFault(error: unknown): void;
}

/** A request for the modules: node's own class, filled by the connection instead of node's parser. */
export class ClientRequest extends IncomingMessage {
  /** Host and port of a target in absolute form; they choose the site instead of the Host header. */
  readonly authority: string | undefined;
  readonly #owner: RequestOwner;
  #isEmpty = false;

  constructor(socket: Socket, head: RequestHead, owner: RequestOwner) {
    super(socket);
    this.httpVersionMajor = 1;
    this.httpVersionMinor = head.minorVersion;
    this.httpVersion = head.minorVersion === 1 ? '1.1' : '1.0';
    this.method = head.method;
    this.url = head.target;
    this.rawHeaders = head.rawHeaders;
    this.headers = head.headers;
    this.authority = head.authority;
    this.#owner = owner;
  }

  /** The body is complete. */
  finish(): void {
    this.complete = true;
    if (!this.destroyed) this.push(null);
  }

  /** There is no body: a reader sees the end when it asks, and most requests have no reader. */
  finishEmpty(): void {
    this.complete = true;
    this.#isEmpty = true;
  }

  override _read(): void {
    if (this.#isEmpty) this.push(null);
    else this.#owner.onRead();
  }

  /**
   * An error in a listener ends its own connection. A client that disconnects while it sends is not an error; the modules see the aborted
   * stream.
   */
  override emit(event: string | symbol, ...given: unknown[]): boolean {
    if (event === 'error' && this.listenerCount(event) === 0) return false;
    try {
      return super.emit(event, ...given);
    } catch (error) {
      this.#owner.onFault(error);
      return true;
    }
  }

  /** Does not touch the socket: an answer may be in progress on it. */
  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.readableEnded || !this.complete) {
      this.aborted = true;
      this.emit('aborted');
    }
    callback(error);
  }
}
