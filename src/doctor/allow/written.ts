import type { AllowWords } from './words.js';

/** A comment, or a field, in which the user allows rules. Line and column count from 1. */
export interface Written {
  /** Absolute. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly words: AllowWords | 'not understood';
  /** The lines of its file for whose findings it counts; undefined: all of them. */
  readonly lines: { readonly from: number; readonly to: number } | undefined;
  /** It also counts for findings that have no place in its file. */
  readonly isWide: boolean;
}
