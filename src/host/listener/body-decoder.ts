import type { BodyFraming } from './parse-head.js';

/** A body whose end cannot be found. */
export class BrokenBody extends Error {
  override readonly name = 'BrokenBody';
}

/** Removes the framing of a request's body. */
export interface BodyDecoder {
  /** True when the last byte of the body, its framing included, was taken. */
  readonly done: boolean;
  /** Passes the pieces of the body in `bytes` to `take` and returns the number of bytes that belong to it. Throws BrokenBody. */
  write(bytes: Buffer, take: (piece: Buffer) => void): number;
}

/** Creates the decoder of a request's body; undefined for no body and an empty one. */
export function bodyDecoder(framing: BodyFraming | undefined): BodyDecoder | undefined {
  if (framing === undefined || (framing.kind === 'length' && framing.length === 0)) return undefined;
  return framing.kind === 'length' ? new LengthDecoder(framing.length) : new ChunkDecoder();
}

class LengthDecoder implements BodyDecoder {
  #left: number;

  constructor(length: number) {
    this.#left = length;
  }

  get done(): boolean {
    return this.#left === 0;
  }

  write(bytes: Buffer, take: (piece: Buffer) => void): number {
    const count = Math.min(bytes.length, this.#left);
    this.#left -= count;
    if (count > 0) take(bytes.subarray(0, count));
    return count;
  }
}

/** Longest line of a chunk, with its extensions, and of all trailers together, in bytes. */
const longestLine = 4096;
const longestTrailers = 16_384;

/** A size of up to 52 bits; extensions are skipped (RFC 9112, 7.1.1). */
const sizeLine = /^([\da-f]{1,13})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?$/i;
const trailerLine = /^[\w!#$%&'*+.^`|~-]+:[\t\x20-\x7e\x80-\xff]*$/;

class ChunkDecoder implements BodyDecoder {
  #state: 'size' | 'data' | 'data-end' | 'trailer' | 'done' = 'size';
  #line = '';
  #left = 0;
  #trailers = 0;

  get done(): boolean {
    return this.#state === 'done';
  }

  write(bytes: Buffer, take: (piece: Buffer) => void): number {
    let position = 0;
    while (position < bytes.length && this.#state !== 'done') {
      if (this.#state === 'data') position += this.#takeData(bytes.subarray(position), take);
      else position = this.#takeLine(bytes, position);
    }
    return position;
  }

  #takeData(bytes: Buffer, take: (piece: Buffer) => void): number {
    const count = Math.min(bytes.length, this.#left);
    this.#left -= count;
    if (this.#left === 0) this.#state = 'data-end';
    take(bytes.subarray(0, count));
    return count;
  }

  /** Collects a line up to its CR LF and handles it; returns the position after the parsed bytes. */
  #takeLine(bytes: Buffer, from: number): number {
    const lineFeed = bytes.indexOf(10, from);
    const to = lineFeed < 0 ? bytes.length : lineFeed + 1;
    const longest = this.#state === 'data-end' ? 2 : longestLine;
    if (this.#line.length + to - from > longest) throw new BrokenBody(`a line of more than ${longest} bytes`);
    this.#line += bytes.toString('latin1', from, to);
    if (lineFeed < 0) return to;
    if (!this.#line.endsWith('\r\n')) throw new BrokenBody('a line that ends without CR');
    const line = this.#line.slice(0, -2);
    this.#line = '';
    if (this.#state === 'size') this.#readSize(line);
    else if (this.#state === 'trailer') this.#readTrailer(line);
    else if (line === '') this.#state = 'size';
    else throw new BrokenBody('a chunk that is longer than its size');
    return to;
  }

  #readSize(line: string): void {
    const digits = sizeLine.exec(line)?.[1];
    if (digits === undefined) throw new BrokenBody('a chunk without a size');
    this.#left = Number.parseInt(digits, 16);
    this.#state = this.#left === 0 ? 'trailer' : 'data';
  }

  /** Trailers are read and dropped: iisnode cannot forward them (iisnode 0.2.27, cprotocolbridge.cpp ReadRequestBody). */
  #readTrailer(line: string): void {
    if (line === '') {
      this.#state = 'done';
      return;
    }
    this.#trailers += line.length;
    if (!trailerLine.test(line) || this.#trailers > longestTrailers)
      throw new BrokenBody('a trailer that is not a header');
  }
}
