/** Keeps the last bytes of a stream. */
export class OutputTail {
  readonly #most: number;
  #kept: Buffer = Buffer.alloc(0);

  constructor(most = 16 * 1024) {
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

/** The lines of stderr that say why a process ended: no stack frames, no blanks, the last `most` of them. */
export function tellingLines(stderr: string, most = 4): string[] {
  return stderr
    .split(/\r*\n/)
    .map((line) => line.trim())
    .filter(
      (line) => line !== '' && !/^at\s|^\^+$|^Node\.js v\d|^Application has thrown an uncaught exception/.test(line),
    )
    .slice(-most);
}
