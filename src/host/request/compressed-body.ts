import { createGzip, type Gzip } from 'node:zlib';

/** How the bytes of a compressed body leave. */
interface Way {
  /** Compressed bytes that are held back before any is sent. */
  readonly holdsBack: number;
  readonly level: number;
  /** False: no more, until `resume`. */
  send(bytes: Buffer): boolean;
  /** The last bytes. */
  end(bytes: Buffer): void;
  /** More can be written. */
  drained(): void;
}

/** The body of an answer that IIS compresses: nothing of it is sent before so many compressed bytes are there, or its end. */
export class CompressedBody {
  readonly #gzip: Gzip;
  #held: Buffer[] | undefined = [];
  #heldBytes = 0;

  constructor(way: Way) {
    // IIS's levels go from 0 to 10, where 0 still compresses.
    this.#gzip = createGzip({ level: Math.min(9, Math.max(1, way.level)) });
    this.#gzip.on('data', (bytes: Buffer) => {
      if (this.#held !== undefined) {
        this.#held.push(bytes);
        this.#heldBytes += bytes.length;
        if (this.#heldBytes < way.holdsBack) return;
      }
      if (!way.send(this.#take(bytes))) this.#gzip.pause();
    });
    this.#gzip.on('end', () => way.end(this.#take(Buffer.alloc(0))));
    this.#gzip.on('drain', () => way.drained());
  }

  /** False: it is full, until `drained`. */
  write(bytes: Buffer): boolean {
    return this.#gzip.write(bytes);
  }

  end(bytes: Buffer | undefined): void {
    if (bytes === undefined) this.#gzip.end();
    else this.#gzip.end(bytes);
  }

  resume(): void {
    this.#gzip.resume();
  }

  #take(bytes: Buffer): Buffer {
    const all = this.#held === undefined ? bytes : Buffer.concat(this.#held);
    this.#held = undefined;
    return all;
  }
}
