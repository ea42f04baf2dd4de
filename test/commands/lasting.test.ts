import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { lasting } from '../../src/commands/lasting.js';
import { readFileSync } from '../../src/files/index.js';
import { createTerminal } from '../../src/terminal/index.js';
import { temporaryFolder } from '../support/cli.js';

afterEach(() => void vi.useRealTimers());

/** Timers run in the test's time, too. */
const withTimers = (): void => void vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
const lasts = async (ms: number): Promise<void> => void (await vi.advanceTimersByTimeAsync(ms));

function recorder() {
  let text = '';
  const stream = {
    isTTY: true,
    columns: 80,
    write(more: string) {
      text += more;
    },
  };
  const terminal = createTerminal({ stdout: stream, stderr: stream, stdin: { isTTY: true }, environment: {} });
  return { terminal, text: () => text };
}

it('says nothing of what ends soon', async () => {
  const { terminal, text } = recorder();
  expect(await lasting(terminal, 'reading', async () => 5)).toBe(5);
  expect(text()).toBe('');
});

it('says after a second how many files are read, also while nothing else can run, and removes that', async () => {
  const { folder, remove } = await temporaryFolder();
  onTestFinished(remove);
  const file = path.join(folder, 'a.js');
  writeFileSync(file, '');
  const { terminal, text } = recorder();
  vi.useFakeTimers({ toFake: ['performance'] });
  await lasting(terminal, 'reading', async () => {
    for (let read = 0; read < 13; read += 1) {
      vi.advanceTimersByTime(100);
      readFileSync(file, 10);
    }
  });
  expect(stripVTControlCharacters(text())).toMatch(/^reading: \d+ files read, 1 s\r/);
  expect(text().endsWith('\r\u001B[K')).toBe(true);
  const before = text();
  readFileSync(file, 10);
  expect(text()).toBe(before);
});

it('says how long something else lasts, but not between the files where questions are asked', async () => {
  withTimers();
  const [one, two] = [recorder(), recorder()];
  await Promise.all([
    lasting(one.terminal, 'reading', () => lasts(1_300)),
    lasting(two.terminal, 'reading', () => lasts(1_300), { onlyWhileReading: true }),
  ]);
  expect(one.text()).toContain('reading: 1 s');
  expect(two.text()).toBe('');
});

it('does not count the time of an answer as its own', async () => {
  const { folder, remove } = await temporaryFolder();
  onTestFinished(remove);
  const file = path.join(folder, 'a.js');
  writeFileSync(file, '');
  const { terminal, text } = recorder();
  withTimers();
  const act = async (): Promise<void> => {
    readFileSync(file, 10);
    await lasts(1_100);
    readFileSync(file, 10);
  };
  await lasting(terminal, 'reading', act, { onlyWhileReading: true });
  expect(text()).toBe('');
});

it('removes the line when it fails', async () => {
  withTimers();
  const { terminal, text } = recorder();
  const failing = lasting(terminal, 'reading', async () => {
    await lasts(1_200);
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(text().endsWith('\r\u001B[K')).toBe(true);
});
