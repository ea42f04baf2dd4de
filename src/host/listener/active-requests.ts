/** Counts active requests, so that closing can let them finish. */
export class ActiveRequests {
  #count = 0;
  #waiting: (() => void)[] = [];

  get count(): number {
    return this.#count;
  }

  enter(): void {
    this.#count++;
  }

  leave(): void {
    if (--this.#count > 0) return;
    for (const notify of this.#waiting.splice(0)) notify();
  }

  /** Resolves when there are none, after `limit` ms at the latest, or when the signal says so. */
  async none(limit: number, now?: AbortSignal): Promise<void> {
    if (this.#count === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      timer = setTimeout(resolve, now?.aborted === true ? 0 : limit);
      now?.addEventListener('abort', () => resolve(), { once: true });
    });
    clearTimeout(timer);
  }
}
