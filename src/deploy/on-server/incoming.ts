import { createGunzip } from 'node:zlib';
import { UserError } from '../../errors.js';
import { drained } from '../../files/index.js';
import type { Channel } from '../../ssh/index.js';

/** Of a list of files, in bytes: 300,000 of them. */
const longestList = 128 * 1024 * 1024;

/** The data of the client, unpacked. It must end with its end: a cut connection is an error. @throws UserError INTERRUPTED. */
export async function* unpacked(channel: Channel): AsyncGenerator<Buffer, void, void> {
  const gunzip = createGunzip();
  const feeding = feed(channel, gunzip).catch((error: unknown) => void gunzip.destroy(error as Error));
  for await (const part of gunzip) yield part as Buffer;
  await feeding;
}

async function feed(channel: Channel, gunzip: ReturnType<typeof createGunzip>): Promise<void> {
  for (let frame = await channel.next(); frame?.kind !== 'E'; frame = await channel.next()) {
    if (frame === undefined) throw cut();
    if (!gunzip.write(frame.bytes)) await drained(gunzip);
  }
  gunzip.end();
}

export const cut = (): UserError =>
  new UserError('INTERRUPTED', {
    what: 'interrupted while the files came; nothing was changed',
    why: 'The connection was closed on the other side.',
    next: 'deploy again',
    exit: 'interrupted',
  });

/** A list as JSON. @throws UserError; SyntaxError. */
export async function readList(channel: Channel): Promise<unknown> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of unpacked(channel)) {
    length += part.length;
    if (length > longestList) throw new Error('the list of files is too long');
    parts.push(part);
  }
  return JSON.parse(Buffer.concat(parts).toString('utf8'));
}

/** Reads so many bytes of a stream at a time. */
export class Slices {
  readonly #parts: AsyncGenerator<Buffer, void, void>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(parts: AsyncGenerator<Buffer, void, void>) {
    this.#parts = parts;
  }

  /** @throws Error when the stream ends before. */
  async *take(size: number): AsyncGenerator<Buffer, void, void> {
    for (let left = size; left > 0; ) {
      if (this.#rest.length === 0) {
        const { value, done } = await this.#parts.next();
        if (done === true || value === undefined) throw new Error('the files end too early');
        this.#rest = value;
      }
      const part = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }

  /** Reads the rest, which is empty. */
  async end(): Promise<void> {
    if (this.#rest.length > 0 || (await this.#parts.next()).done !== true) throw new Error('the files are too many');
  }
}
