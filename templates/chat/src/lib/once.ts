/**
 * Runs each action once. A client whose connection is lost before the acknowledgement comes cannot know whether its message
 * arrived: it sends it again with the same id, and gets the first acknowledgement again.
 *
 * It keeps the last `limit` results of this process and those that other processes report. After a recycle, or before such a
 * report, a message may pass twice; so pages check the ids, too (client.js does).
 */
export class Once<Result> {
  readonly #results = new Map<string, Result>();
  readonly #limit: number;

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  /** What `action` returned the first time it ran with this key. An action that throws may run again. */
  do(key: readonly string[], action: () => Result): Result {
    const id = JSON.stringify(key);
    const known = this.#results.get(id);
    if (known !== undefined) return known;
    const result = action();
    this.#results.set(id, result);
    // A Map keeps the order of insertion: its first key is the oldest.
    for (const oldest of this.#results.keys()) {
      if (this.#results.size <= this.#limit) break;
      this.#results.delete(oldest);
    }
    return result;
  }
}
