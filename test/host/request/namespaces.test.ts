import { expect, it } from 'vitest';
import { FrameCount } from '../../../src/host/request/frame-count.js';
import { Namespaces } from '../../../src/host/request/namespaces.js';

it.each([
  [['40{"sid":"a"}'], ['/']],
  [
    ['40', '40/chat,{"sid":"b"}', '42/chat,["x"]'],
    ['/', '/chat'],
  ],
  [['40/chat?token=1,{}', '41/chat,', '40/news'], ['/news']],
  [['42["40/other"]', '0{"sid":"a"}', '44/no,{"message":"refused"}', '3'], []],
])('from the texts %j a client is seen in %j', (texts, names) => {
  const joined = new Namespaces();
  for (const text of texts) joined.see(text);
  expect(joined.names).toEqual(names);
});

it('no more than 20 namespaces of a client are kept', () => {
  const joined = new Namespaces();
  for (let index = 0; index < 100; index++) joined.see(`40/${index},{}`);
  expect(joined.names).toHaveLength(20);
});

/** A frame of a server. */
const frame = (first: number, text: string): Buffer => {
  const body = Buffer.from(text);
  const head = body.length < 126 ? [first, body.length] : [first, 126, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from(head), body]);
};

it('the beginning of each text is passed, not of binary, compressed or masked frames', () => {
  const seen: string[] = [];
  const count = new FrameCount((text) => seen.push(text));
  const masked = Buffer.from([0x81, 0x81, 0, 0, 0, 0, 97]);
  const long = 'x'.repeat(300);
  count.add(Buffer.concat([frame(0x81, '40/chat,'), frame(0x82, 'b'), frame(0xc1, 'c'), masked, frame(0x81, long)]));
  expect(seen).toEqual(['40/chat,', 'x'.repeat(80)]);
  expect(count.total.frames).toBe(5);
});
