import type { IncomingMessage } from 'node:http';
import type { PipelineRequest } from '../../pipeline/index.js';
import { headerRecord } from './header-record.js';
import { isEncrypted } from './is-encrypted.js';

/** A request from the network, for the pipeline. The header record is created when it is first read. */
export class HostRequest implements PipelineRequest {
  readonly #incoming: IncomingMessage;
  #headers: Readonly<Record<string, string>> | undefined;

  /** `path` and `query`: the cooked ones of the request target. */
  constructor(
    incoming: IncomingMessage,
    readonly path: string,
    readonly query: string,
    readonly isUpgrade: boolean,
  ) {
    this.#incoming = incoming;
  }

  /** The same request at another URL of its site. */
  at(path: string, query: string): HostRequest {
    return new HostRequest(this.#incoming, path, query, this.isUpgrade);
  }

  get scheme(): 'http' | 'https' {
    return isEncrypted(this.#incoming.socket) ? 'https' : 'http';
  }

  get method(): string {
    return this.#incoming.method ?? 'GET';
  }

  get host(): string {
    return this.#incoming.headers.host ?? '';
  }

  get rawUrl(): string {
    return this.#incoming.url ?? '/';
  }

  /** Lower-case names, repeated headers joined by a comma. */
  get headers(): Readonly<Record<string, string>> {
    this.#headers ??= headerRecord(this.#incoming.rawHeaders);
    return this.#headers;
  }

  get protocol(): string {
    return `HTTP/${this.#incoming.httpVersion}`;
  }

  get remoteAddress(): string {
    return this.#incoming.socket.remoteAddress ?? '';
  }

  get remotePort(): number {
    return this.#incoming.socket.remotePort ?? 0;
  }

  get localAddress(): string {
    return this.#incoming.socket.localAddress ?? '';
  }

  get localPort(): number {
    return this.#incoming.socket.localPort ?? 0;
  }
}
