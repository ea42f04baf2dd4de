/** A response on its way out. `headers` are flat name, value pairs; `body` is undefined where it is not looked at. */
export interface OutboundResponse {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Buffer | undefined;
}

/** What changes responses as they are sent. */
export interface OutboundRules {
  /** Must the whole body be there before the head can go out? */
  wantsBody(status: number, headers: readonly string[]): boolean;
  /** The response in its place. A body where none was given replaces the one that is written. */
  apply(response: OutboundResponse): OutboundResponse;
}

/** A longer body is sent as it is: rules do not make the host hold all of it in memory. In bytes. */
const longestBody = 32 * 1024 * 1024;

/** A response that is held back until its body is there. */
export class HeldResponse {
  readonly #pieces: Buffer[] = [];
  #length = 0;

  constructor(
    readonly status: number,
    readonly reason: string | undefined,
    readonly headers: readonly string[],
    readonly rules: OutboundRules,
  ) {}

  /** False when it has become too much to hold. */
  add(chunk: unknown, encoding: unknown): boolean {
    const piece = bytesOf(chunk, encoding);
    this.#pieces.push(piece);
    this.#length += piece.length;
    return this.#length <= longestBody;
  }

  get body(): Buffer {
    return Buffer.concat(this.#pieces);
  }
}

/** A piece of a body as `write` and `end` take it. */
export function bytesOf(chunk: unknown, encoding: unknown): Buffer {
  if (chunk instanceof Uint8Array) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  return Buffer.from(String(chunk), typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8');
}
