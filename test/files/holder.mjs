// A process that takes the lock named on its command line with the bundle of src/files: `hold` until it is asked to release it, or
// `count` a number of rounds, each of which adds one to the number in a file.

import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';

const [bundle, lockFile, work, file, rounds] = process.argv.slice(2);
const { takeLock } = await import(bundle);
const options = { command: 'holder.mjs', patience: 60_000 };

if (work === 'hold') {
  const lock = await takeLock(lockFile, options);
  process.stdout.write('held\n');
  await once(process.stdin, 'data');
  lock.release();
  process.stdin.destroy();
} else {
  for (let round = 0; round < Number(rounds); round++) {
    const lock = await takeLock(lockFile, options);
    const number = Number(readFileSync(file, 'utf8'));
    await new Promise((resolve) => setImmediate(resolve));
    writeFileSync(file, String(number + 1));
    lock.release();
  }
}
