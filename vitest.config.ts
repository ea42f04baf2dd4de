import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Lanes: `fast` needs Node alone; the others need what test/run.mjs provides (a browser, wine, Redis, the built package). */
export default defineConfig({
  test: {
    globalSetup: ['test/global-setup.ts'],
    testTimeout: 20_000,
    // By default one processor is left free; most tests wait for processes and sockets, so on two both can be used.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Real processes, sockets and clocks on a machine that others share: what fails once is tried again there, and shown.
    retry: process.env.CI ? 2 : 0,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/windows/**', 'test/package/**', 'test/fuzz/**', 'test/redis/**'],
        },
      },
      { extends: true, test: { name: 'fuzz', include: ['test/fuzz/**/*.test.ts'], testTimeout: 300_000 } },
      { extends: true, test: { name: 'package', include: ['test/package/**/*.test.ts'], testTimeout: 180_000 } },
      {
        extends: true,
        test: { name: 'redis', include: ['test/redis/**/*.test.ts'], testTimeout: 300_000, fileParallelism: false },
      },
      {
        extends: true,
        test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 120_000, fileParallelism: false },
      },
      {
        extends: true,
        test: { name: 'windows', include: ['test/windows/**/*.test.ts'], testTimeout: 300_000, fileParallelism: false },
      },
    ],
  },
});
