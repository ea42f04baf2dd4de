import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { RequestHead } from './parse-head.js';

/** What a request needs of its connection. */
export interface RequestOwner {
  /** Somebody waits for bytes of the body. */
  onRead(): void;
  /** A listener threw. */
  onFault(error: unknown): void;
}

/** A request as the modules see it: node's own class, filled by the connection in place of node's parser. */
export class ClientRequest extends IncomingMessage {
  /** Host and port of a target in absolute form; they choose the site in place of the Host header. */
  readonly authority: string | undefined;
  readonly #owner: RequestOwner;

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

  /** The body came to its end. */
  finish(): void {
    this.complete = true;
    if (!this.destroyed) this.push(null);
  }

  override _read(): void {
    this.#owner.onRead();
  }

  /** What a listener throws ends its own connection. */
  override emit(event: string | symbol, ...given: unknown[]): boolean {
    try {
      return super.emit(event, ...given);
    } catch (error) {
      this.#owner.onFault(error);
      return true;
    }
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
