import type { IncomingHttpHeaders } from 'node:http';
import { urlWithoutLogin } from './without-login.js';

/** One request that was sent, whatever came of it. */
export interface Exchange {
  readonly method: 'GET' | 'POST' | 'OPTIONS' | 'UPGRADE';
  /** Without a name and a password. */
  readonly url: string;
  /** ms since the first request. */
  readonly startedAt: number;
  /** Until the head of the answer had come, ms; undefined when none came. */
  readonly headMs: number | undefined;
  /** Until the answer had come, or was given up. */
  readonly ms: number;
  /** undefined: no answer. */
  readonly status: number | undefined;
  /** Received of the body. */
  readonly bytes: number;
  readonly headers: IncomingHttpHeaders;
  /** Why no answer came. */
  readonly error?: string;
}

/** An exchange that has begun. */
export interface Begun {
  /** The head of the answer has come. */
  head(status: number, headers: IncomingHttpHeaders): void;
  /** It is over; with `error` without a whole answer. Only the first call counts. */
  end(bytes: number, error?: Error): void;
}

interface TrafficLimits {
  /** Requests. */
  readonly most: number;
  /** Bytes of bodies, of all requests together. */
  readonly mostBytes: number;
}

/** A page of one's own with its files, its clients and what is asked besides is far below. */
const usual: TrafficLimits = { most: 400, mostBytes: 100_000_000 };

/** What may come of an upgrade. */
type Upgraded =
  | { readonly kind: 'open' | 'passes' }
  | { readonly kind: 'answered'; readonly status: number; readonly body: string; readonly server: string }
  | Failed;

interface Failed {
  readonly kind: 'failed';
  readonly error: Error;
}

/** Every request of one look at an app, in the order in which they were sent. Beyond its limits none is sent. */
export class Traffic {
  readonly #began = performance.now();
  readonly #limits: TrafficLimits;
  readonly #exchanges: Exchange[] = [];
  #sent = 0;
  #bytes = 0;

  constructor(limits: Partial<TrafficLimits> = {}) {
    this.#limits = { ...usual, ...limits };
  }

  /** Those that are over, by the time of their start. */
  get exchanges(): readonly Exchange[] {
    return this.#exchanges.toSorted((one, other) => one.startedAt - other.startedAt);
  }

  /** @throws Error when as much was asked as may be. */
  begin(method: Exchange['method'], url: URL): Begun {
    const { most, mostBytes } = this.#limits;
    if (this.#sent >= most) throw new Error(`not asked: ${most} requests were sent, and no more are`);
    if (this.#bytes >= mostBytes) throw new Error(`not asked: ${mostBytes} bytes were read, and no more are`);
    this.#sent += 1;
    const startedAt = performance.now() - this.#began;
    const now = (): number => performance.now() - this.#began - startedAt;
    let answer: Pick<Exchange, 'status' | 'headers' | 'headMs'> = { status: undefined, headers: {}, headMs: undefined };
    let isOver = false;
    return {
      head: (status, headers) => {
        answer = { status, headers, headMs: now() };
      },
      end: (bytes, error) => {
        if (isOver) return;
        isOver = true;
        this.#bytes += bytes;
        const failed = error === undefined ? {} : { error: error.message };
        this.#exchanges.push({ method, url: urlWithoutLogin(url), startedAt, ...answer, ms: now(), bytes, ...failed });
      },
    };
  }

  /** Keeps an upgrade among the others. */
  async upgrade<Outcome extends Upgraded>(url: URL, open: () => Promise<Outcome>): Promise<Outcome | Failed> {
    let begun: Begun;
    try {
      begun = this.begin('UPGRADE', url);
    } catch (error) {
      return { kind: 'failed', error: error instanceof Error ? error : new Error(String(error)) };
    }
    const outcome = await open();
    if (outcome.kind === 'open' || outcome.kind === 'passes') begun.head(101, {});
    if (outcome.kind === 'answered') begun.head(outcome.status, { server: outcome.server });
    begun.end(
      outcome.kind === 'answered' ? outcome.body.length : 0,
      outcome.kind === 'failed' ? outcome.error : undefined,
    );
    return outcome;
  }
}
