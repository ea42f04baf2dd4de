import type { ChildProcess } from 'node:child_process';
import { NamelessFile } from '../../files/index.js';
import { OutputTail } from './output-tail.js';

/** How much of the end is kept, in bytes. */
const kept = 16 * 1024;

export interface ErrorOutputOptions {
  /** Above this size, in bytes, the file is emptied. */
  readonly most?: number;
  /** How often the size is checked, in ms. */
  readonly every?: number;
}

/**
 * The output of a node process and its children to descriptor 2 that bypasses the interceptor; its end says why a process ended.
 * iisnode gives its processes the NUL device (iisnode 0.2.27, cnodeprocess.cpp CreateStdHandles), to which a write of any size
 * succeeds immediately. On other systems a file without a name does the same. A pipe does not: node makes it non-blocking, and
 * `fs.writeSync(2, ...)` fails with EAGAIN when it is full. On Windows writes to a pipe wait.
 */
export class ErrorOutput {
  /** For the child's `stdio`. */
  readonly stdio: 'pipe' | 'ignore' | number;
  readonly #tail = new OutputTail(kept);
  readonly #most: number;
  readonly #every: number;
  #file: NamelessFile | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `directory` is for the file; without it a pipe is used. If the file cannot be created, the output is lost. */
  constructor(directory: string | undefined, { most = 1024 * 1024, every = 1000 }: ErrorOutputOptions = {}) {
    this.#most = most;
    this.#every = every;
    this.#file = directory === undefined ? undefined : fileIn(directory);
    this.stdio = directory === undefined ? 'pipe' : (this.#file?.writer ?? 'ignore');
  }

  /** Call it when the child was started, or could not be started. */
  started(child?: ChildProcess): void {
    child?.stderr?.on('data', (bytes: Buffer) => this.#tail.add(bytes));
    if (this.#file === undefined) return;
    this.#file.closeWriter();
    if (child?.pid === undefined) {
      this.close();
      return;
    }
    this.#timer = setInterval(() => this.#look(), this.#every);
    this.#timer.unref();
  }

  /** The last 16 KiB. */
  text(): string {
    this.#take();
    return this.#tail.text();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#file?.close();
    this.#file = undefined;
  }

  #look(): void {
    if (this.#file !== undefined && this.#file.size > this.#most) this.#take();
  }

  /** Moves the end of the file into memory and empties it. */
  #take(): void {
    try {
      if (this.#file !== undefined) this.#tail.add(this.#file.takeEnd(kept));
    } catch {
      // Output that cannot be read is lost, as in iisnode.
    }
  }
}

function fileIn(directory: string): NamelessFile | undefined {
  try {
    return new NamelessFile(directory);
  } catch {
    return undefined;
  }
}
