/** Counts the bytes and the WebSocket frames of one direction (RFC 6455, 5.2) without keeping them. */
export class FrameCount {
  #bytes = 0;
  #frames = 0;
  /** Bytes of the current frame's payload and mask that are still to come. */
  #rest = 0;
  /** The beginning of a head whose other bytes are still to come. */
  #head: Buffer = Buffer.alloc(0);

  get total(): { readonly bytes: number; readonly frames: number } {
    return { bytes: this.#bytes, frames: this.#frames };
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
      this.#rest = length;
    }
  }
}

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
