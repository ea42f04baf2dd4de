import type { Duplex } from 'node:stream';

/** The process's end sends back what it gets: how long that takes is how late its event loop is. */
export class Echo {
  readonly #pipe: Duplex;
  #sentAt: number | undefined;
  /** It has answered once: an interceptor other than ours does not. */
  #answers = false;
  #waiting: ((delay: number) => void)[] = [];

  /** @param pipe Ours; it must not keep this process running. */
  constructor(pipe: Duplex) {
    this.#pipe = pipe;
    pipe.on('error', () => undefined);
    pipe.on('data', () => {
      if (this.#sentAt === undefined) return;
      const delay = performance.now() - this.#sentAt;
      this.#sentAt = undefined;
      this.#answers = true;
      for (const resolve of this.#waiting.splice(0)) resolve(delay);
    });
  }

  /**
   * How long the event loop took, in ms; where the answer does not come within `limit` ms, how long it has taken so far. Undefined
   * where no answer was ever given.
   */
  async delay(limit: number): Promise<number | undefined> {
    if (!this.#pipe.writable) return undefined;
    if (this.#sentAt !== undefined && !this.#answers) return undefined;
    if (this.#sentAt === undefined) {
      this.#sentAt = performance.now();
      this.#pipe.write('?');
    }
    const sentAt = this.#sentAt;
    let timer: NodeJS.Timeout | undefined;
    const delay = await new Promise<number | undefined>((resolve) => {
      this.#waiting.push(resolve);
      timer = setTimeout(() => resolve(undefined), limit);
    });
    clearTimeout(timer);
    if (delay !== undefined) return delay;
    return this.#answers ? performance.now() - sentAt : undefined;
  }
}
