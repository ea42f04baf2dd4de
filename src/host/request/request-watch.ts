import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Decision } from '../../pipeline/index.js';
import type { HandlerChoice } from '../../pipeline/sections/index.js';
import { isCutOff } from '../backend/cut-off.js';
import type { RequestSeen, SocketTraffic, StageTimes } from '../types.js';
import { FrameCount } from './frame-count.js';
import { Namespaces } from './namespaces.js';

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
  readonly response: ServerResponse & { readonly subStatus: number };
  readonly incoming: {
    readonly socket: Pick<Duplex, 'destroyed' | 'writable' | 'end'>;
    readonly rawHeaders: readonly string[];
  };
}

/** A Close frame with the code 1001, going away (RFC 6455, 7.4.1): the client may connect again. */
const goingAway = Buffer.from([0x88, 0x02, 0x03, 0xe9]);

/** Gathers what `onRequest` is informed of: one request, and the socket that may follow it. */
export class RequestWatch {
  readonly #inform: (seen: RequestSeen) => void;
  /** Those whose sockets are open. */
  readonly #open: Set<RequestWatch>;
  readonly #began = performance.now();
  #process: number | undefined;
  #decidedAt: number | undefined;
  #passedAt: number | undefined;
  #opened:
    | {
        readonly at: number;
        readonly received: FrameCount;
        readonly sent: FrameCount;
        readonly client: Pick<Duplex, 'writable' | 'end'>;
      }
    | undefined;

  /** @param open Has the watch while its socket is open. */
  constructor(inform: (seen: RequestSeen) => void, open: Set<RequestWatch>) {
    this.#inform = inform;
    this.#open = open;
  }

  /** The rules and the handler are known. */
  decided(): void {
    this.#decidedAt = performance.now();
  }

  /** A process has the request. */
  passedTo(pid: number): void {
    this.#passedAt = performance.now();
    this.#process = pid;
  }

  /** The client's upgrade was accepted; returns what counts the bytes of both directions from here on. */
  opened(context: Watched): { received(bytes: Buffer): void; sent(bytes: Buffer): void } {
    const received = new FrameCount();
    const joined = new Namespaces();
    const isSocketIo = /[?&]EIO=\d/.test(context.request.rawUrl);
    const sent = new FrameCount(isSocketIo ? (text) => joined.see(text) : undefined);
    this.#opened = { at: performance.now(), received, sent, client: context.incoming.socket };
    this.#open.add(this);
    this.#inform({
      kind: 'opened',
      ...this.#common(context),
      status: 101,
      subStatus: 0,
      took: this.#took(this.#began),
      socket: () => ({ namespaces: joined.names, received: received.total, sent: sent.total }),
    });
    return { received: (bytes) => received.add(bytes), sent: (bytes) => sent.add(bytes) };
  }

  /** The answer was written, or the connection was closed without one; after an upgrade: the socket has closed. */
  ended(context: Watched): void {
    const common = this.#common(context);
    if (this.#opened !== undefined) {
      this.#open.delete(this);
      const { at, received, sent } = this.#opened;
      const traffic: SocketTraffic = { received: received.total, sent: sent.total };
      this.#inform({ kind: 'closed', ...common, status: 101, subStatus: 0, took: this.#took(at), traffic });
      return;
    }
    const { response, incoming } = context;
    const cut = response.headersSent && isCutOff(response);
    const status = cut || (response.headersSent && !incoming.socket.destroyed) ? response.statusCode : 0;
    const took = this.#took(this.#began);
    const { subStatus } = response;
    this.#inform({
      kind: 'answered',
      ...common,
      status,
      subStatus,
      ...(cut && { cut }),
      took,
      stages: this.#stages(),
    });
  }

  /** Closes the socket as a server does that goes away; not within a frame: such a socket stays open. */
  goAway(): void {
    const { client, sent } = this.#opened ?? {};
    if (client?.writable === true && sent?.isBetweenFrames === true) client.end(goingAway);
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

  #stages(): StageTimes {
    const [decided, passed, now] = [this.#decidedAt, this.#passedAt, performance.now()];
    return {
      ...(decided !== undefined && { decide: tenth(decided - this.#began) }),
      ...(decided !== undefined && passed !== undefined && { dispatch: tenth(passed - decided) }),
      ...(decided !== undefined && { answer: tenth(now - (passed ?? decided)) }),
    };
  }

  #took(since: number): number {
    return performance.now() - since;
  }
}

const tenth = (ms: number): number => Math.round(ms * 10) / 10;
