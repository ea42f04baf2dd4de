import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { processStart, startQuestion } from '../../src/files/process-start.js';

/** What another time zone would be off by is more. */
const minute = 60_000;

it('the system tells when a process began, and nothing of one that does not exist', async () => {
  const before = Date.now();
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)']);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const start = await processStart(child.pid ?? 0);
  expect(start).toBeGreaterThan(before - minute);
  expect(start).toBeLessThan(Date.now() + minute);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await processStart(child.pid ?? 0)).toBeUndefined();
});

it('the answers of Windows and of ps are read, and nothing else', () => {
  const windows = startQuestion(7, 'win32', { SystemRoot: 'D:\\Windows' });
  expect(windows.file).toBe('D:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe');
  // [DateTime]::new(2026, 1, 31, 12, 0, 0, 'Utc').ToFileTimeUtc()
  expect(windows.read('134143344000000000')).toBe(Date.UTC(2026, 0, 31, 12));
  expect(windows.read('')).toBeNaN();
  const mac = startQuestion(7, 'darwin', {});
  expect(mac.read('Sat 31 Jan 12:00:00 2026')).toBe(Date.UTC(2026, 0, 31, 12));
  expect(mac.read('Sat Jan 31 12:00:00 2026')).toBe(Date.UTC(2026, 0, 31, 12));
  expect(mac.read('')).toBeNaN();
});
