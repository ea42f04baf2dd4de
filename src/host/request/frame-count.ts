/** Counts the bytes and the WebSocket frames of one direction (RFC 6455, 5.2) without keeping them. */
export class FrameCount {
  #bytes = 0;
  #frames = 0;
  /** Bytes of the current frame's payload and mask that are still to come. */
  #rest = 0;
  /** The beginning of a head whose other bytes are still to come. */
  #head: Buffer = Buffer.alloc(0);
  readonly #onText: ((beginning: string) => void) | undefined;

  /** @param onText Gets the beginning of each text that is neither masked nor compressed. */
  constructor(onText?: (beginning: string) => void) {
    this.#onText = onText;
  }

  get total(): { readonly bytes: number; readonly frames: number } {
    return { bytes: this.#bytes, frames: this.#frames };
  }

  /** Another frame may be written now: the one before is complete. */
  get isBetweenFrames(): boolean {
    return this.#rest === 0 && this.#head.length === 0;
  }

  add(piece: Buffer): void {
    this.#bytes += piece.length;
    let bytes = this.#head.length === 0 ? piece : Buffer.concat([this.#head, piece]);
    this.#head = Buffer.alloc(0);
    for (;;) {
      const skipped = Math.min(this.#rest, bytes.length);
      this.#rest -= skipped;
      bytes = bytes.subarray(skipped);
      if (bytes.length === 0) return;
      const length = frameLength(bytes);
      if (length === undefined) {
        this.#head = Buffer.from(bytes);
        return;
      }
      this.#frames += 1;
      if (this.#onText !== undefined) this.#passText(bytes, length);
      this.#rest = length;
    }
  }

  /** Of a text whose beginning is in a later piece less is passed: the names in it are in its first bytes. */
  #passText(frame: Buffer, length: number): void {
    const [first = 0, second = 0] = frame;
    const isPlainText = (first & 0x4f) === 0x01 && second < 0x80; // RSV1: compressed (RFC 7692, 6)
    if (!isPlainText) return;
    const head = second < 126 ? 2 : second === 126 ? 4 : 10;
    this.#onText?.(frame.subarray(head, Math.min(length, head + mostPassed)).toString());
  }
}

/** How much of a text is passed, in bytes. */
const mostPassed = 80;

/** The length of the frame that begins here, in bytes; undefined while its head is incomplete. */
function frameLength(bytes: Buffer): number | undefined {
  const second = bytes[1];
  if (second === undefined) return undefined;
  const mask = second & 0x80 ? 4 : 0;
  const short = second & 0x7f;
  if (short < 126) return 2 + mask + short;
  if (short === 126) return bytes.length < 4 ? undefined : 4 + mask + bytes.readUInt16BE(2);
  return bytes.length < 10 ? undefined : 10 + mask + Number(bytes.readBigUInt64BE(2));
}
