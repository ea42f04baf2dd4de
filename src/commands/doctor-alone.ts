import { doctor } from './doctor.js';
import type { Interruption } from './interruption.js';
import { loadAndRun } from './load-and-run.js';
import { optimiseLate } from './optimise-late.js';

export { reportBug } from './report-bug.js';

/** Only the `doctor` command: the build makes one file of it. */
export const runAlone = (
  positionals: readonly unknown[],
  options: object,
  interruption: Interruption,
): Promise<number> => {
  optimiseLate();
  return loadAndRun(async () => doctor, positionals, options, interruption);
};
