/** Keeps the last bytes of a stream. */
export class OutputTail {
  readonly #most: number;
  #kept: Buffer = Buffer.alloc(0);

  constructor(most: number) {
    this.#most = most;
  }

  add(bytes: Buffer): void {
    const all = this.#kept.length === 0 ? bytes : Buffer.concat([this.#kept, bytes]);
    this.#kept = all.length > this.#most ? Buffer.from(all.subarray(all.length - this.#most)) : all;
  }

  text(): string {
    return this.#kept.toString('utf8');
  }
}
