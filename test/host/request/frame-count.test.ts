import { describe, expect, it } from 'vitest';
import { FrameCount } from '../../../src/host/request/frame-count.js';

/** A frame of a payload of this length, with or without the mask of a client. */
function frame(length: number, masked: boolean): Buffer {
  const bit = masked ? 0x80 : 0;
  const mask = Buffer.alloc(masked ? 4 : 0, 7);
  const head = Buffer.from([0x82, bit | (length < 126 ? length : length < 65_536 ? 126 : 127)]);
  const size = Buffer.alloc(length < 126 ? 0 : length < 65_536 ? 2 : 8);
  if (size.length === 2) size.writeUInt16BE(length);
  if (size.length === 8) size.writeBigUInt64BE(BigInt(length));
  return Buffer.concat([head, size, mask, Buffer.alloc(length, 0x81)]);
}

describe('frames are counted', () => {
  const lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 0, 3];
  const bytes = Buffer.concat(lengths.flatMap((length) => [frame(length, true), frame(length, false)]));

  it.each([1, 2, 3, 7, 4_096, bytes.length])('alike in pieces of %i bytes', (size) => {
    const count = new FrameCount();
    for (let at = 0; at < bytes.length; at += size) count.add(bytes.subarray(at, at + size));
    expect(count.total).toEqual({ bytes: bytes.length, frames: lengths.length * 2 });
  });

  it('when their head has come, also where the payload is missing', () => {
    const count = new FrameCount();
    count.add(frame(300, false).subarray(0, 3));
    expect(count.total.frames).toBe(0);
    count.add(frame(300, false).subarray(3, 10));
    expect(count.total).toEqual({ bytes: 10, frames: 1 });
  });
});
