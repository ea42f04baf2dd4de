import { createRequire } from 'node:module';
import { io, type Socket } from 'socket.io-client';

const connectOld = createRequire(import.meta.url)('socket.io-client-2') as (url: string, options: object) => OldSocket;

/** The used part of a socket of socket.io-client 2. */
interface OldSocket {
  readonly io: { readonly opts: { query: object }; readonly engine: Engine };
  on(event: string, listener: (...args: never[]) => void): void;
  connect(): void;
  disconnect(): void;
}

/** The part of Engine.IO's client with the connection itself. */
interface Engine {
  close(): void;
  readonly transport?: { readonly ws?: { terminate?(): void } };
}

export type ViewerKind = 'websocket' | 'polling' | 'mixed' | 'old websocket' | 'old polling';

/**
 * A viewer that works like the page: it sends at each connection which stanza it wants next, takes the stanzas in order, and
 * opens a new connection when nothing arrives for `patience` ms, because iisnode does not inform clients of the end of a process.
 */
export class ChaosViewer {
  readonly lines: string[] = [];
  connections = 0;
  /** Stanzas that came out of order on an open connection, which is an error of the server. */
  readonly outOfTurn: string[] = [];
  /** From its start to the last stanza, in ms. */
  get duration(): number {
    return this.#last - this.#came;
  }
  /** How many it has read. */
  get stanzas(): number {
    return this.#stanzas;
  }
  hasEnded = false;
  /** Connected for the first time. */
  readonly arrived: Promise<void>;
  /** Its events, to find the reason of a failure. */
  readonly history: string[] = [];
  readonly ended: Promise<void>;
  #end: () => void = () => {};
  #arrive: () => void = () => {};
  readonly #came = performance.now();
  #last = 0;
  #connected = false;
  /** The stanza that the server must send next on this connection. */
  #due = 0;
  #stanzas = 0;
  #stopped = false;
  #silence: NodeJS.Timeout | undefined;
  readonly #socket: Socket | OldSocket;

  constructor(
    readonly kind: ViewerKind,
    url: URL,
    readonly patience: number,
    slot: number,
    readonly random: () => number,
  ) {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.arrived = new Promise((resolve) => {
      this.#arrive = resolve;
    });
    const reconnection = { reconnectionDelay: 100, reconnectionDelayMax: 1000, timeout: 5000, forceNew: true };
    const options = { path: `${url.pathname}socket.io`, transports: transportsOf(kind), ...reconnection };
    this.#socket = kind.startsWith('old')
      ? // It has no jar for the cookie that keeps it at one process, and no auth.
        connectOld(url.origin, { ...options, extraHeaders: { Cookie: `iisnode.session.cookie=${slot}` } })
      : io(url.origin, { ...options, withCredentials: true, auth: (tell) => tell(this.#place()) });
    const on = this.#socket.on.bind(this.#socket) as (event: string, listener: (given: never) => void) => void;
    on('connect', () => {
      this.connections += 1;
      this.#arrive();
      this.#note(`connected ${(this.#socket as Socket).id}`);
      this.#connected = true;
      this.#expectMore();
    });
    on('stanza', ({ index, lines }: { index: number; lines: string[] }) => this.#take(index, lines));
    on('end', ({ stanzas }: { stanzas: number }) => {
      if (this.#stanzas < stanzas) return this.#again();
      this.stop();
      this.hasEnded = true;
      this.#end();
    });
    on('recycle', () => {
      this.#note('told of a recycle');
      setTimeout(() => this.#again(), 500 + 1500 * this.random());
    });
    on('disconnect', (reason: string) => {
      this.#note(`disconnected: ${reason}`);
      this.#connected = false;
      this.#due = this.#stanzas;
      clearTimeout(this.#silence);
      if (reason === 'io server disconnect') this.#socket.connect();
    });
  }

  /** The connection was lost at some point. */
  cut(): void {
    this.#note('cut');
    const engine = this.#socket.io.engine as unknown as Engine | undefined;
    const terminate = engine?.transport?.ws?.terminate;
    if (terminate) terminate.call(engine.transport.ws);
    else engine?.close();
  }

  stop(): void {
    clearTimeout(this.#silence);
    this.#stopped = true;
    this.#socket.disconnect();
  }

  #take(index: number, lines: readonly string[]): void {
    this.#note(`stanza ${index}`);
    // socket.io's client emits what arrived at the moment of a disconnection just before it is connected again, when it
    // has already requested it again.
    if (this.#connected) {
      if (index !== this.#due) this.outOfTurn.push(`${index} in place of ${this.#due}`);
      this.#due = index + 1;
    }
    if (index > this.#stanzas) this.#again();
    if (index !== this.#stanzas) return;
    this.lines.push(...lines);
    this.#stanzas += 1;
    this.#last = performance.now();
    if (this.kind.startsWith('old')) (this.#socket as OldSocket).io.opts.query = this.#place();
    this.#expectMore();
  }

  #note(what: string): void {
    this.history.push(`${Math.round(performance.now())} ms ${what}`);
  }

  #place(): { next: number; waited: number } {
    this.#note(`asks for stanza ${this.#stanzas}`);
    const waited = this.#stanzas === 0 ? 0 : Math.round(performance.now() - this.#last);
    return { next: this.#stanzas, waited };
  }

  /** A new connection, at the current place. */
  #again(): void {
    if (this.#stopped) return;
    this.#note('again');
    // After disconnect().connect() client 2 still accepts packets of the previous connection.
    if (this.kind.startsWith('old')) {
      (this.#socket.io.engine as unknown as Engine).close();
    } else {
      this.#socket.disconnect();
      this.#socket.connect();
    }
  }

  #expectMore(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#again(), this.patience);
  }
}

function transportsOf(kind: ViewerKind): string[] {
  if (kind === 'mixed') return ['polling', 'websocket'];
  return kind.endsWith('polling') ? ['polling'] : ['websocket'];
}
