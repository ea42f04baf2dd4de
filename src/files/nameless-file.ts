import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, unlinkSync } from 'node:fs';
import path from 'node:path';

/** A file without a name that other processes write to: it disappears with the last descriptor. Not on Windows. */
export class NamelessFile {
  /** Passed to a child; it appends. */
  readonly writer: number;
  readonly #reader: number;

  /** Created in that folder, for this user only. Throws the system's error; then no file is left. */
  constructor(folder: string) {
    const file = path.join(folder, `${randomBytes(6).toString('hex')}.out`);
    // Opened for appending, so that it can be emptied while it is written to.
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

  /** The last bytes, at most this many; empties the file. What is written between the two is lost: no call does both. */
  takeEnd(most: number): Buffer {
    const { size } = this;
    const bytes = Buffer.alloc(Math.min(size, most));
    const count = readSync(this.#reader, bytes, 0, bytes.length, size - bytes.length);
    ftruncateSync(this.#reader, 0);
    return bytes.subarray(0, count);
  }

  /** Closes the descriptor for writing in this process; children keep theirs. */
  closeWriter(): void {
    closeSync(this.writer);
  }

  close(): void {
    closeSync(this.#reader);
  }
}
