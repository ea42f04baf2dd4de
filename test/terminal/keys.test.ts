import { PassThrough } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { readKeys } from '../../src/terminal/index.js';

/** Keys typed on an input that is no terminal, and the modes that it was set to. */
function typed() {
  const modes: boolean[] = [];
  const input = Object.assign(new PassThrough(), { setRawMode: (raw: boolean) => void modes.push(raw) });
  const seen: string[] = [];
  const keys = readKeys((key) => void seen.push(key), input);
  onTestFinished(() => keys.close());
  return { input, seen, keys, modes };
}

it('each key is read alone, also where several come together; arrows and function keys are none', async () => {
  const { input, seen, keys, modes } = typed();
  await expect.poll(() => modes).toEqual([true]);
  for (const text of ['r', 'ol', '\u001B[A', '\u001BOP', '\u001B[1;5Dx\u001Bq', '\r', '\n', '\u0003', 'ü'])
    input.write(text);
  await expect.poll(() => seen).toEqual(['r', 'o', 'l', 'x', 'enter', 'enter', 'ctrl-c', 'ü']);
  keys.close();
  keys.close();
  expect(modes).toEqual([true, false]);
  expect(input.isPaused()).toBe(true);
});

it('nothing is read after the key that closes', async () => {
  const { input, seen, keys } = typed();
  input.on('data', () => keys.close());
  input.write('q');
  await expect.poll(() => seen).toEqual(['q']);
  input.write('r');
  input.read();
  expect(seen).toEqual(['q']);
});

it('a terminal that was closed meanwhile is no error', async () => {
  const input = Object.assign(new PassThrough(), {
    setRawMode: () => {
      throw new Error('EIO');
    },
  });
  const keys = readKeys(() => undefined, input);
  input.emit('error', new Error('EIO'));
  expect(() => keys.close()).not.toThrow();
});
