import type { TextEdit } from '../xml/index.js';

export type Severity = 'error' | 'warning' | 'info';

/** As in `doctor --json`. Line and column count from 1. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly why: string;
  readonly fix?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly evidence?: string;
  readonly help: string;
}

export interface DoctorSummary {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  readonly fixed: number;
  /** Findings silenced by --only or --skip. */
  readonly skipped: number;
}

export interface DoctorReport {
  readonly target: string;
  readonly findings: readonly Finding[];
  readonly summary: DoctorSummary;
}

/** A minimal edit of one file; edits of one file do not overlap. */
export interface FixEdit {
  readonly file: string;
  readonly edits: readonly TextEdit[];
}
