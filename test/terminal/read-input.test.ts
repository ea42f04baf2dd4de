import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { readInput } from '../../src/terminal/index.js';

const from = (...parts: (string | Uint8Array)[]): Readable => Readable.from(parts.map((part) => Buffer.from(part)));

it('reads all of the input, as bytes', async () => {
  expect(await readInput(from('HTTP Error ', new Uint8Array([0xc3]), new Uint8Array([0xa9])), '--seen', 100)).toEqual(
    Buffer.from('HTTP Error é'),
  );
});

it('refuses a terminal, which it would wait for', async () => {
  const input = Object.assign(from('typed'), { isTTY: true });
  await expect(readInput(input, '--seen', 100)).rejects.toMatchObject({
    code: 'INPUT_IS_TERMINAL',
    what: '--seen - reads standard input, and that is this terminal',
    exitCode: 2,
  });
});

it('stops soon after the limit', async () => {
  let given = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      given += 1;
      yield Buffer.alloc(1024);
    }
  }
  await expect(readInput(endless(), '--seen', 10 * 1024)).rejects.toMatchObject({ code: 'INPUT_TOO_LARGE' });
  expect(given).toBeLessThan(20);
});

it.each([[''], [' \r\n']])('refuses %j: the program in front of the pipe has failed', async (text) => {
  await expect(readInput(from(text), '--seen', 100)).rejects.toMatchObject({ code: 'INPUT_EMPTY' });
});
