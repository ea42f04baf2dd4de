import type { HostEvent, RequestSeen } from '../host/index.js';
import type { OutputSeen } from './types.js';

/** How many requests and how many lines are kept. */
export const mostKept = 200;

/** A request as the page gets it: without its headers, which may hold a password. */
export interface RequestRow extends Omit<RequestSeen, 'headers' | 'kind' | 'traffic'> {
  readonly id: number;
  /** In ms since 1970. */
  readonly at: number;
}

/** A WebSocket that is open. */
export interface SocketRow {
  readonly id: number;
  readonly url: string;
  readonly process: number | undefined;
  /** When it was opened, in ms since 1970. */
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
export interface Changes {
  readonly requests: readonly RequestRow[];
  readonly lines: readonly LineRow[];
  readonly sockets: readonly SocketRow[];
  /** All requests so far, also those that are no longer kept. */
  readonly total: number;
}

/** The last requests and lines, and the open sockets; older ones are forgotten. */
export class Recent {
  readonly #requests: { readonly row: RequestRow; readonly seen: RequestSeen }[] = [];
  readonly #lines: { readonly id: number; readonly row: LineRow }[] = [];
  readonly #sockets = new Map<readonly string[], SocketRow>();
  #total = 0;
  #lineCount = 0;

  /** How many requests and lines there were: a page is informed when the sum has changed. */
  get version(): number {
    return this.#total + this.#lineCount;
  }

  request(seen: RequestSeen): void {
    const id = ++this.#total;
    const at = Date.now();
    const { headers, kind: _kind, traffic: _traffic, ...shown } = seen;
    // The headers of one request are one list, from its opening to its end.
    if (seen.kind === 'opened') this.#sockets.set(headers, { id, url: seen.url, process: seen.process, at });
    if (seen.kind === 'closed') this.#sockets.delete(headers);
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
      requests: this.#requests.filter(({ row }) => row.id > position.requests).map(({ row }) => row),
      lines: this.#lines.filter(({ id }) => id > position.lines).map(({ row }) => row),
      sockets: [...this.#sockets.values()],
      total: this.#total,
    };
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
