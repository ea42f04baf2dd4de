import net from 'node:net';
import type { Duplex } from 'node:stream';

/** How long a process whose event loop is blocked is waited for, in ms. */
const longestWait = 250;

export type ProcessDelay = readonly [pid: number, delay: number];

/** How late the event loops of these processes are, in ms; those that do not say are missing. */
export async function delaysOf(
  processes: Iterable<{ readonly pid: number; delay(): Promise<number | undefined> }>,
): Promise<ProcessDelay[]> {
  const all = await Promise.all([...processes].map(async (one) => [one.pid, await one.delay()] as const));
  return all.flatMap(([pid, delay]) => (delay === undefined ? [] : [[pid, delay] as const]));
}

/** Asks a process for a sign of its event loop; `answered` is called once: with true when it comes, with false when none can come. */
type Ask = (answered: (isAnswer: boolean) => void) => void;

/** How late the event loop of a process is: how long it takes to answer. */
export class Echo {
  readonly #ask: Ask;
  #askedAt: number | undefined;
  /** It has answered once: an interceptor other than ours does not. */
  #answers = false;
  #waiting: ((delay: number | undefined) => void)[] = [];

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /**
   * How long the event loop took, in ms; where the answer does not come in a quarter of a second, how long it has taken so far.
   * Undefined where no answer was ever given.
   */
  async delay(): Promise<number | undefined> {
    if (this.#askedAt !== undefined && !this.#answers) return undefined;
    const askedAt = this.#askedAt ?? performance.now();
    if (this.#askedAt === undefined) {
      this.#askedAt = askedAt;
      this.#ask((isAnswer) => this.#answered(isAnswer ? performance.now() - askedAt : undefined));
    }
    if (this.#askedAt === undefined) return undefined; // it cannot be asked
    let timer: NodeJS.Timeout | undefined;
    const delay = await new Promise<number | undefined>((resolve) => {
      this.#waiting.push(resolve);
      timer = setTimeout(() => resolve(performance.now() - askedAt), longestWait);
    });
    clearTimeout(timer);
    return this.#answers ? delay : undefined;
  }

  #answered(delay: number | undefined): void {
    this.#askedAt = undefined;
    if (delay !== undefined) this.#answers = true;
    for (const resolve of this.#waiting.splice(0)) resolve(delay);
  }
}

/**
 * Over a pipe whose other end sends back what it gets.
 *
 * @param pipe Ours; it must not keep this process running.
 */
export function overPipe(pipe: Duplex): Ask {
  let waiting: ((isAnswer: boolean) => void) | undefined;
  const received = (isAnswer: boolean): void => {
    waiting?.(isAnswer);
    waiting = undefined;
  };
  pipe.on('error', () => received(false)).on('close', () => received(false));
  pipe.on('data', () => received(true));
  return (answered) => {
    if (!pipe.writable) {
      answered(false);
      return;
    }
    waiting = answered;
    pipe.write('?');
  };
}

/**
 * Over a connection to a server without a part of ours in it: a connection without a request, closed at once, is closed by the server
 * too, when its event loop comes to it. The app sees a connection, and no request.
 */
export function overConnection(port: number): Ask {
  return (answered) => {
    const socket = net.connect({ port, host: '127.0.0.1' });
    socket.unref();
    let hasEnded = false;
    socket.once('connect', () => socket.end());
    socket.on('end', () => {
      hasEnded = true;
    });
    socket.on('error', () => undefined).once('close', () => answered(hasEnded));
    socket.resume();
  };
}
