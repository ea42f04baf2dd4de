import { reportFailure } from '../terminal/index.js';
import { terminalOf } from './load-and-run.js';
import { outputAskedFor } from './output-asked-for.js';

/** Reports an unexpected error, in the format that the command line asks for: a bug of ours, exit code 3, or too many open files, 1. */
export function reportBug(error: unknown, words: readonly string[]): number {
  return reportFailure(error, terminalOf(outputAskedFor(words)));
}
