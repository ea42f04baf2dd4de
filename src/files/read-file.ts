import { closeSync, readSync } from 'node:fs';
import { FileError, readingFailed, tooLarge } from './file-error.js';
import { openRegularFile, openRegularFileSync } from './open-file.js';

/** How many bytes of a file are read at most, by what it is; for the `limit` of the functions here. */
export const fileLimits = {
  /** web.config, applicationHost.config, iisnode.yml, tsconfig.json. IIS itself stops far below, which the configuration's model says. */
  config: 16 * 1024 * 1024,
  /** Scripts, pages, package.json: what is larger is a bundle or data. */
  source: 2 * 1024 * 1024,
  /** Lock files of package managers. */
  lockFile: 64 * 1024 * 1024,
} as const;

/** The bytes read so far; grows up to one byte above the limit, which is how a file that is too large shows. */
class Content {
  #buffer: Buffer;
  #length = 0;

  constructor(
    readonly file: string,
    size: number,
    readonly limit: number,
  ) {
    // Files of /proc say 0, whatever is in them.
    if (size > limit) throw tooLarge(file, limit);
    this.#buffer = Buffer.allocUnsafeSlow(Math.min(size, limit) + 1);
  }

  /** Where the next bytes go: never empty. */
  get room(): Buffer {
    if (this.#length === this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(Math.max(2 * this.#length, 8192), this.limit + 1));
      this.#buffer.copy(larger);
      this.#buffer = larger;
    }
    return this.#buffer.subarray(this.#length);
  }

  /** Throws FileError when that is more than the limit: the file grew, or says no size. */
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
 * waiting for it, also when it takes the file's place meanwhile.
 *
 * @param limit In bytes; see fileLimits.
 * @throws FileError
 */
export function readFileSync(file: string, limit: number): Buffer {
  const { fd, stats } = openRegularFileSync(file);
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

/** The same without holding up the process. */
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

/** The same without holding up the process. */
export async function readIfThere(file: string, limit: number): Promise<Buffer | undefined> {
  try {
    return await readFile(file, limit);
  } catch (error) {
    if (error instanceof FileError && error.problem === 'absent') return undefined;
    throw error;
  }
}
