import { setFlagsFromString } from 'node:v8';
import type { Interruption } from './interruption.js';
import { run } from './run.js';
import { trace } from './trace.js';

/** The `trace` command by itself: the build makes one small file of it. */
export const runTrace = (
  positionals: readonly unknown[],
  options: object,
  interruption: Interruption,
): Promise<number> => {
  // A trace is over before what V8 optimises in that time pays: a third of its CPU time goes there (npm run bench). Ten times
  // the usual wait leaves that out, and a site that takes longer is optimised all the same. Only the V8 of Node 20 knows the
  // flag by this name; newer Nodes have their compile cache.
  if (process.versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=1000000');
  return run(async () => trace, positionals, options, interruption);
};
