import type { Decision } from '../../pipeline/index.js';
import type { HandlerChoice } from '../../pipeline/sections/index.js';
import type { RequestSeen, SocketTraffic } from '../types.js';
import { FrameCount } from './frame-count.js';

/** What is read of a request that no site got. */
interface Refused {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly rawHeaders: readonly string[];
}

/** What is read of a request. */
interface Watched {
  readonly request: { readonly method: string; readonly rawUrl: string };
  readonly decision: Decision | undefined;
  readonly handler: HandlerChoice | undefined;
  readonly response: { readonly headersSent: boolean; readonly statusCode: number; readonly subStatus: number };
  readonly incoming: { readonly socket: { readonly destroyed: boolean }; readonly rawHeaders: readonly string[] };
}

/** Gathers what `onRequest` is informed of: one request, and the socket that may follow it. */
export class RequestWatch {
  readonly #inform: (seen: RequestSeen) => void;
  readonly #began = performance.now();
  #process: number | undefined;
  #opened: { readonly at: number; readonly received: FrameCount; readonly sent: FrameCount } | undefined;

  constructor(inform: (seen: RequestSeen) => void) {
    this.#inform = inform;
  }

  /** A process has the request. */
  passedTo(pid: number): void {
    this.#process = pid;
  }

  /** The client's upgrade was accepted; returns what counts the bytes of both directions from here on. */
  opened(context: Watched): { received(bytes: Buffer): void; sent(bytes: Buffer): void } {
    const received = new FrameCount();
    const sent = new FrameCount();
    this.#opened = { at: performance.now(), received, sent };
    this.#inform({
      kind: 'opened',
      ...this.#common(context),
      status: 101,
      subStatus: 0,
      took: this.#took(this.#began),
    });
    return { received: (bytes) => received.add(bytes), sent: (bytes) => sent.add(bytes) };
  }

  /** The answer was written, or the connection was closed without one; after an upgrade: the socket has closed. */
  ended(context: Watched): void {
    const common = this.#common(context);
    if (this.#opened !== undefined) {
      const { at, received, sent } = this.#opened;
      const traffic: SocketTraffic = { received: received.total, sent: sent.total };
      this.#inform({ kind: 'closed', ...common, status: 101, subStatus: 0, took: this.#took(at), traffic });
      return;
    }
    const { response, incoming } = context;
    const status = response.headersSent && !incoming.socket.destroyed ? response.statusCode : 0;
    this.#inform({ kind: 'answered', ...common, status, subStatus: response.subStatus, took: this.#took(this.#began) });
  }

  /** HTTP.SYS answered itself. */
  refused({ method = 'GET', url = '/', rawHeaders }: Refused, status: number): void {
    const at = { method, url, headers: rawHeaders, rules: [], handler: undefined, process: undefined };
    this.#inform({ kind: 'answered', ...at, status, subStatus: 0, took: this.#took(this.#began) });
  }

  #common({ request, incoming, decision, handler }: Watched) {
    const steps = decision?.journey.rewritten?.steps ?? [];
    return {
      method: request.method,
      url: request.rawUrl,
      headers: incoming.rawHeaders,
      rules: steps.filter(({ verdict }) => verdict === 'applied').map(({ rule }) => rule.name),
      handler: handler?.mapping?.name,
      process: this.#process,
    };
  }

  #took(since: number): number {
    return performance.now() - since;
  }
}
