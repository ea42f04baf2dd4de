import type { HostEvent, RequestSeen } from '../host/index.js';
import { groupsOf, OpenSockets, type SocketGroup, type SocketRow } from './sockets.js';
import type { OutputSeen } from './types.js';

/** How many requests and how many lines are kept. */
export const mostKept = 200;

/** A request as the page gets it: without its headers, which may hold a password. */
export interface RequestRow extends Omit<RequestSeen, 'headers' | 'kind' | 'traffic' | 'socket'> {
  readonly id: number;
  /** In ms since 1970. */
  readonly at: number;
}

/** A line of an app or of the host. */
export interface LineRow {
  readonly at: number;
  /** The process that wrote it; undefined: the host. */
  readonly process: number | undefined;
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
}

/** What has changed since a page was informed. */
export interface Changes extends SocketsShown {
  readonly requests: readonly RequestRow[];
  readonly lines: readonly LineRow[];
  /** All requests so far, also those that are no longer kept. */
  readonly total: number;
}

/** What is open. */
export interface SocketsShown {
  /** The first of the open sockets. */
  readonly sockets: readonly SocketRow[];
  /** All open sockets, counted. */
  readonly groups: readonly SocketGroup[];
  readonly open: number;
}

/** The last requests and lines, and the open sockets; older ones are forgotten. */
export class Recent {
  readonly #requests: { readonly row: RequestRow; readonly seen: RequestSeen }[] = [];
  readonly #lines: { readonly id: number; readonly row: LineRow }[] = [];
  readonly #sockets = new OpenSockets();
  #total = 0;
  #lineCount = 0;

  /** How many requests and lines there were: a page is informed when the sum has changed. */
  get version(): number {
    return this.#total + this.#lineCount;
  }

  request(seen: RequestSeen): void {
    const id = ++this.#total;
    const at = Date.now();
    const { headers: _headers, kind: _kind, traffic: _traffic, socket: _socket, ...shown } = seen;
    this.#sockets.request(id, seen, at);
    this.#requests.push({ row: { ...shown, id, at }, seen });
    if (this.#requests.length > mostKept) this.#requests.shift();
  }

  output({ process, stream, text }: OutputSeen): void {
    this.#line({ at: Date.now(), process, level: stream === 'stderr' ? 'error' : 'info', text });
  }

  event({ level, code, message }: HostEvent): void {
    this.#line({ at: Date.now(), process: undefined, level, text: `${code}  ${message}` });
  }

  /** The request with that number, while it is kept. */
  seen(id: number): RequestSeen | undefined {
    return this.#requests.find(({ row }) => row.id === id)?.seen;
  }

  /** What came after these numbers; what is no longer kept is left out. */
  since(position: { readonly requests: number; readonly lines: number }): Changes {
    return {
      ...this.sockets(),
      requests: this.#requests.filter(({ row }) => row.id > position.requests).map(({ row }) => row),
      lines: this.#lines.filter(({ id }) => id > position.lines).map(({ row }) => row),
      total: this.#total,
    };
  }

  /** As they are now. */
  sockets(): SocketsShown {
    const rows = this.#sockets.rows(Date.now());
    return { sockets: rows.slice(0, mostKept), groups: groupsOf(rows), open: rows.length };
  }

  /** The numbers of the last request and of the last line. */
  get position(): { readonly requests: number; readonly lines: number } {
    return { requests: this.#total, lines: this.#lineCount };
  }

  #line(row: LineRow): void {
    this.#lines.push({ id: ++this.#lineCount, row });
    if (this.#lines.length > mostKept) this.#lines.shift();
  }
}
