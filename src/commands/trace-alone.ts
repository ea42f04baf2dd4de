import { run } from './run.js';
import { trace } from './trace.js';

/** The `trace` command by itself: the build makes one small file of it. */
export const runTrace = (positionals: readonly unknown[], options: object): Promise<number> =>
  run(async () => trace, positionals, options);
