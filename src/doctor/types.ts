import type { Assumption } from '../app/index.js';
import type { Place } from '../source/index.js';
import type { TextEdit } from '../xml/index.js';
import type { Facts } from './facts/facts.js';

export type { Place } from '../source/index.js';
export type { Facts } from './facts/facts.js';

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
  /** True when --fix fixes it. */
  readonly fixable?: true;
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
  /** Where the app is taken to sit, and by what, where the options do not say it. */
  readonly assumed?: Assumption;
  /** After --fix: rules whose fix did not lower the number of findings, so that the files got their former bytes again. */
  readonly takenBack?: readonly string[];
}

/** A minimal edit of one file; edits of one file do not overlap. */
export interface FixEdit {
  readonly file: string;
  readonly edits: readonly TextEdit[];
}

/** What a rule's check hands out: only what differs from finding to finding. */
export interface RuleFinding<Data = unknown> {
  /** One sentence: what is wrong here, with the names of this site. */
  readonly message: string;
  /** Where the rule's own severity is not right for this case. */
  readonly severity?: Severity;
  /** Instead of the rule's `why`. */
  readonly why?: string;
  /** One line: what to write instead. */
  readonly fix?: string;
  readonly at?: Place;
  /** For the rule's own `fix`. */
  readonly data?: Data;
}

/** A rule is data: facts in, findings out. `check` and `fix` are pure. */
export interface Rule<Data = unknown> {
  /** Stable for ever: users silence a rule by it. Upper case, says what is wrong. */
  readonly code: string;
  readonly severity: Severity;
  readonly title: string;
  /** 'live': reads what a probe of a URL saw; the others read files. */
  readonly scope?: 'live';
  /** One sentence: what the user of the site sees because of it. */
  readonly why: string;
  /** A paragraph for `--explain`, with the fix. */
  readonly help: string;
  check(facts: Facts): readonly RuleFinding<Data>[];
  /** Minimal edits that fix the finding; none when only a person can. */
  fix?(facts: Facts, finding: RuleFinding<Data>): readonly FixEdit[];
}
