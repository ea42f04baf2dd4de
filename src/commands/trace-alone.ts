import { setFlagsFromString } from 'node:v8';
import type { Interruption } from './interruption.js';
import { loadAndRun } from './load-and-run.js';
import { trace } from './trace.js';

/** Only the `trace` command: the build makes one small file of it. */
export const runTrace = (
  positionals: readonly unknown[],
  options: object,
  interruption: Interruption,
): Promise<number> => {
  // A trace ends before V8's optimisation has any benefit, but it takes a third of the CPU time (npm run bench). A budget ten
  // times as high avoids it, and a site that takes longer is still optimised. Only the V8 of Node 20 has the flag under this
  // name; newer Nodes have their compile cache.
  if (process.versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=1000000');
  return loadAndRun(async () => trace, positionals, options, interruption);
};
