/** An outgoing response. `headers` are flat name, value pairs; `body` is undefined where the rules do not read it. */
export interface OutboundResponse {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Buffer | undefined;
}

/** Changes responses when they are sent. */
export interface OutboundRules {
  /** Must the body be complete before the head can be sent? */
  wantsBody(status: number, headers: readonly string[]): boolean;
  /** The changed response. A body in it replaces the written one. */
  apply(response: OutboundResponse): OutboundResponse;
}

/** A longer body is sent unchanged, so that the host need not keep it in memory. In bytes. */
const longestBody = 32 * 1024 * 1024;

/** A response that is buffered until its body is complete. */
export class HeldResponse {
  readonly #pieces: Buffer[] = [];
  #length = 0;

  constructor(
    readonly status: number,
    readonly reason: string | undefined,
    readonly headers: readonly string[],
    readonly rules: OutboundRules,
  ) {}

  /** False when the body exceeds the limit. */
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

/** A piece of a body, as in the parameters of `write` and `end`. */
export function bytesOf(chunk: unknown, encoding: unknown): Buffer {
  if (chunk instanceof Uint8Array) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  return Buffer.from(String(chunk), typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8');
}
