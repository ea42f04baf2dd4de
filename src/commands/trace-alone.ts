import type { Interruption } from './interruption.js';
import { loadAndRun } from './load-and-run.js';
import { optimiseLate } from './optimise-late.js';
import { trace } from './trace.js';

export { reportBug } from './report-bug.js';

/** Only the `trace` command: the build makes one small file of it. */
export const runAlone = (
  positionals: readonly unknown[],
  options: object,
  interruption: Interruption,
): Promise<number> => {
  optimiseLate();
  return loadAndRun(async () => trace, positionals, options, interruption);
};
