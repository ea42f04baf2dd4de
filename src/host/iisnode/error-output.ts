import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { OutputTail } from './output-tail.js';

/** How much of the end is kept, in bytes. */
const kept = 16 * 1024;

export interface ErrorOutputOptions {
  /** The file starts anew above this size, in bytes. */
  readonly most?: number;
  /** How often the size is looked at, in ms. */
  readonly every?: number;
}

/**
 * What a node process and its children write to descriptor 2 past the interceptor; the end of it says why a process ended.
 * iisnode gives its processes the NUL device (iisnode 0.2.27, cnodeprocess.cpp CreateStdHandles), to which a write of any size
 * succeeds at once. Away from Windows a nameless file does the same. A pipe does not: node makes it non-blocking, and
 * `fs.writeSync(2, ...)` fails with EAGAIN when it is full. On Windows writes to a pipe wait.
 */
export class ErrorOutput {
  /** For the child's `stdio`. */
  readonly stdio: 'pipe' | 'ignore' | number;
  readonly #tail = new OutputTail(kept);
  readonly #most: number;
  readonly #every: number;
  #reader: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `directory` is for the file; without one it is a pipe. Where no file can be made the output is lost. */
  constructor(directory: string | undefined, { most = 1024 * 1024, every = 1000 }: ErrorOutputOptions = {}) {
    this.#most = most;
    this.#every = every;
    this.stdio = directory === undefined ? 'pipe' : (this.#open(directory) ?? 'ignore');
  }

  /** The child was started, or could not be. */
  started(child?: ChildProcess): void {
    child?.stderr?.on('data', (bytes: Buffer) => this.#tail.add(bytes));
    if (typeof this.stdio === 'number') closeSync(this.stdio);
    if (this.#reader === undefined) return;
    if (child?.pid === undefined) {
      this.close();
      return;
    }
    this.#timer = setInterval(() => this.#look(), this.#every);
    this.#timer.unref();
  }

  /** The last 16 KiB. */
  text(): string {
    this.#read();
    return this.#tail.text();
  }

  close(): void {
    clearInterval(this.#timer);
    if (this.#reader !== undefined) closeSync(this.#reader);
    this.#reader = undefined;
  }

  /** The descriptor for the child. */
  #open(directory: string): number | undefined {
    const file = path.join(directory, `${randomBytes(6).toString('hex')}.err`);
    let writer: number | undefined;
    try {
      // Appending, so that it can be cut to nothing while it is written to.
      writer = openSync(file, 'ax', 0o600);
      this.#reader = openSync(file, 'r+');
      unlinkSync(file);
      return writer;
    } catch {
      if (writer !== undefined) closeSync(writer);
      this.close();
      return undefined;
    }
  }

  #look(): void {
    if (this.#reader === undefined || fstatSync(this.#reader).size <= this.#most) return;
    this.#read();
  }

  /** Moves the end of the file into memory and empties it. */
  #read(): void {
    if (this.#reader === undefined) return;
    try {
      const { size } = fstatSync(this.#reader);
      const bytes = Buffer.alloc(Math.min(size, kept));
      const count = readSync(this.#reader, bytes, 0, bytes.length, size - bytes.length);
      ftruncateSync(this.#reader, 0);
      this.#tail.add(bytes.subarray(0, count));
    } catch {
      // What cannot be read is lost, as it is in iisnode.
    }
  }
}
