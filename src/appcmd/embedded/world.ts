import type { AppcmdStore } from '../types.js';
import type { CommandLine } from './command-line.js';
import type { HostFile } from './host-file.js';

/** The context of a verb. It changes only `file`, which is written once after it. */
export interface World {
  readonly file: HostFile;
  readonly running: boolean;
  /** Pools that the running host has stopped by itself. */
  readonly stoppedPools: readonly string[];
}

/** A message to the running host once the file is written. */
export interface Signal {
  readonly command: Parameters<AppcmdStore['signal']>[0];
  readonly object: Parameters<AppcmdStore['signal']>[1];
  readonly name: string;
}

/** The result of a verb. */
export interface Answer {
  readonly stdout: string;
  /** 0 by default; `list` of an unknown identifier ends with 1 and no text. */
  readonly exitCode?: number;
  readonly signals?: readonly Signal[];
}

export type Verb = (world: World, line: CommandLine) => Answer;
export type Verbs = Readonly<Record<string, Verb>>;

/** One success line each: `SITE object "X" added`. */
export const lines = (...texts: readonly string[]): Answer => ({ stdout: texts.map((text) => `${text}\n`).join('') });
