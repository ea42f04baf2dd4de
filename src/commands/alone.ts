import type { Command as Typed } from 'commander';
import type { Command } from './context.js';
import type { Interruption } from './interruption.js';
import { loadAndRun } from './load-and-run.js';
import { optimiseLate } from './optimise-late.js';

/** For a command that the build makes a file of its own of: runs it as the front runs the others. */
export const alone =
  (command: Command<never>) =>
  (positionals: readonly unknown[], options: object, interruption: Interruption, typed?: Typed): Promise<number> => {
    optimiseLate();
    return loadAndRun(async () => command, positionals, options, interruption, typed);
  };
