import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, unlinkSync } from 'node:fs';
import path from 'node:path';

/** A file other processes write to, without a name: it is gone with the last descriptor. Not on Windows. */
export class NamelessFile {
  /** To be handed to a child; it appends. */
  readonly writer: number;
  readonly #reader: number;

  /** Made in that folder, for this user alone. Throws the system's error; nothing is left then. */
  constructor(folder: string) {
    const file = path.join(folder, `${randomBytes(6).toString('hex')}.out`);
    // Appending, so that it can be emptied while it is written to.
    this.writer = openSync(file, 'ax', 0o600);
    try {
      this.#reader = openSync(file, 'r+');
      unlinkSync(file);
    } catch (error) {
      this.closeWriter();
      throw error;
    }
  }

  /** In bytes. */
  get size(): number {
    return fstatSync(this.#reader).size;
  }

  /** The last bytes, at most so many; the file is empty then. */
  takeEnd(most: number): Buffer {
    const { size } = this;
    const bytes = Buffer.alloc(Math.min(size, most));
    const count = readSync(this.#reader, bytes, 0, bytes.length, size - bytes.length);
    ftruncateSync(this.#reader, 0);
    return bytes.subarray(0, count);
  }

  /** This process keeps no writing end; children that have it go on. */
  closeWriter(): void {
    closeSync(this.writer);
  }

  close(): void {
    closeSync(this.#reader);
  }
}
