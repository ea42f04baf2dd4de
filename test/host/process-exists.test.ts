import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { processExists } from '../../src/files/index.js';

describe('a process', () => {
  it('exists while it runs', () => {
    expect(processExists(process.pid)).toBe(true);
  });

  it.runIf(process.platform === 'linux')('that ended and waits for its parent to notice does not exist', async () => {
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [text] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(String(text).trim());
    // Once the shell has become sleep, nobody waits for its child.
    await expect.poll(() => readFileSync(`/proc/${parent.pid}/comm`, 'utf8')).toBe('sleep\n');
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(' Z ');
    expect(processExists(pid)).toBe(false);
  });
});
