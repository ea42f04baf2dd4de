// npm run test:random: all tests that draw random numbers, with numbers that no run has used before. It prints the seed first;
// `TEST_SEED=7 npm run test:random` repeats the numbers of that run.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import path from 'node:path';
import { provided } from './provision.mjs';

const root = path.join(import.meta.dirname, '..');
const TEST_SEED = process.env.TEST_SEED ?? `${randomInt(0x7fff_ffff)}`;
console.log(`TEST_SEED=${TEST_SEED} npm run test:random   does all this again`);

const redis = provided(['redis']);
if (redis.missing) console.log(`without the tests that need Redis: ${redis.missing}`);
const projects = ['fast', 'fuzz', ...(redis.missing ? [] : ['redis'])].flatMap((name) => ['--project', name]);
const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
// Tests that use the seed, directly or by imports.
const { status } = spawnSync(
  process.execPath,
  [vitest, 'related', 'test/support/seed.ts', '--run', ...projects, ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit', env: { ...process.env, ...redis.environment, TEST_SEED } },
);
if (status !== 0) console.error(`\nTEST_SEED=${TEST_SEED}`);
process.exit(status ?? 1);
