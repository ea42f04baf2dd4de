import { closeSync, readSync } from 'node:fs';
import { FileError, readingFailed, tooLarge } from './file-error.js';
import { openRegularFile, openRegularFileSync } from './open-file.js';
import { noteRead } from './reading.js';

/** The size limits in bytes by kind of file; for the `limit` of the functions here. */
export const fileLimits = {
  /** web.config, applicationHost.config, iisnode.yml, tsconfig.json. The limit of IIS itself is far lower; src/config checks it. */
  config: 16 * 1024 * 1024,
  /** Scripts, pages, package.json: larger files are bundles or data. */
  source: 2 * 1024 * 1024,
  /** A server that a bundler wrote with all its packages, and its source map. */
  bundle: 32 * 1024 * 1024,
  /** Lock files of package managers. */
  lockFile: 64 * 1024 * 1024,
  /** A text that the user has seen: an error page, a console, an export of the event log. */
  seen: 16 * 1024 * 1024,
  /** What the network tab of a browser saves. */
  har: 64 * 1024 * 1024,
} as const;

/** The bytes read so far; grows up to one byte above the limit, to detect a file that is too large. */
class Content {
  #buffer: Buffer;
  #length = 0;

  constructor(
    readonly file: string,
    size: number,
    readonly limit: number,
  ) {
    // Files of /proc have size 0, regardless of their content.
    if (size > limit) throw tooLarge(file, limit);
    this.#buffer = Buffer.allocUnsafeSlow(Math.min(size, limit) + 1);
  }

  /** The buffer for the next bytes: never empty. */
  get room(): Buffer {
    if (this.#length === this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(Math.max(2 * this.#length, 8192), this.limit + 1));
      this.#buffer.copy(larger);
      this.#buffer = larger;
    }
    return this.#buffer.subarray(this.#length);
  }

  /** Throws FileError when there are more bytes than the limit: the file grew, or reports no size. */
  add(count: number): void {
    this.#length += count;
    if (this.#length > this.limit) throw tooLarge(this.file, this.limit);
  }

  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }
}

/**
 * The content of a regular file, following links. Anything else (a named pipe, a socket, a device, a folder) is refused without
 * waiting for it, also when it replaces the file meanwhile.
 *
 * @param limit In bytes; see fileLimits.
 * @throws FileError
 */
export function readFileSync(file: string, limit: number): Buffer {
  const { fd, stats } = openRegularFileSync(file);
  noteRead();
  try {
    const content = new Content(file, stats.size, limit);
    for (;;) {
      const count = readSync(fd, content.room, 0, content.room.length, null);
      if (count === 0) return content.bytes;
      content.add(count);
    }
  } catch (error) {
    throw readingFailed(file, error);
  } finally {
    closeSync(fd);
  }
}

/** The same without blocking the process. */
export async function readFile(file: string, limit: number): Promise<Buffer> {
  const { handle, stats } = await openRegularFile(file);
  try {
    const content = new Content(file, stats.size, limit);
    for (;;) {
      const { bytesRead } = await handle.read(content.room, 0, content.room.length, null);
      if (bytesRead === 0) return content.bytes;
      content.add(bytesRead);
    }
  } catch (error) {
    throw readingFailed(file, error);
  } finally {
    await handle.close();
  }
}

/** The content of a regular file; undefined when there is no such file. Otherwise as readFileSync. */
export function readIfThereSync(file: string, limit: number): Buffer | undefined {
  try {
    return readFileSync(file, limit);
  } catch (error) {
    if (error instanceof FileError && error.problem === 'absent') return undefined;
    throw error;
  }
}

/** The same without blocking the process. */
export async function readIfThere(file: string, limit: number): Promise<Buffer | undefined> {
  try {
    return await readFile(file, limit);
  } catch (error) {
    if (error instanceof FileError && error.problem === 'absent') return undefined;
    throw error;
  }
}
