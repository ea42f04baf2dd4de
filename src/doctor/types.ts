import type { Assumption } from '../app/index.js';
import type { ServerLook } from '../server/index.js';
import type { Place } from '../source/index.js';
import type { TextEdit } from '../xml/index.js';
import type { ChangedFile } from './changed-files.js';
import type { FileFacts, LiveFacts, RankedCause, SeenFacts, TrialFacts } from './facts/facts.js';
import type { LiveReport } from './live-report.js';
import type { Outcome } from './trial/outcome.js';

export type { Place } from '../source/index.js';
export type {
  CheckedFiles,
  FactQueries,
  Facts,
  FileFacts,
  FilesBeside,
  LiveFacts,
  RankedCause,
  SeenFacts,
  SeenText,
  TrialFacts,
} from './facts/facts.js';

export type Severity = 'error' | 'warning' | 'info';

/**
 * How a finding is known: read in the app's files, seen at a live URL, seen when the doctor started the app, or seen by the user,
 * who handed over an error text, a log or a recording of the browser.
 */
export type Known = 'file' | 'live' | 'trial' | 'seen';

/** As in `doctor --json`. Line and column count from 1. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly known: Known;
  readonly message: string;
  readonly why: string;
  readonly fix?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly evidence?: string;
  /** The position in `evidence`, where that is the part of a long line around it. */
  readonly evidenceColumn?: number;
  readonly help: string;
  /** True when --fix fixes it. */
  readonly fixable?: true;
  /** What the user has seen of it, each a line of a text, without secrets. */
  readonly seen?: readonly string[];
  /** Where only a text, or a failure of a live site, is known and not its cause: the causes, the likeliest first. */
  readonly causes?: readonly RankedCause[];
  /** What distinguishes the causes. */
  readonly apart?: string;
  /** Why it is allowed, and where that is written; only among the silenced findings of a report. */
  readonly silenced?: { readonly reason: string; readonly file: string; readonly line: number };
  /** What was seen because of it: not reported a second time, nor counted. */
  readonly consequences?: readonly Finding[];
}

export interface DoctorSummary {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  readonly fixed: number;
  /** The number of findings left out by --only or --skip. */
  readonly skipped: number;
  /** The number of findings that the app itself allows, with a reason; they count nowhere else. Absent for none. */
  readonly silenced?: number;
}

/** A comment or a field that should allow a rule and silences nothing. */
export interface AllowanceFault {
  readonly kind: 'unused' | 'no-reason' | 'unknown-rule' | 'not-understood';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** As written. */
  readonly rule?: string;
  /** One sentence, or two. */
  readonly message: string;
  /** One sentence: what to write instead. */
  readonly next: string;
}

export interface DoctorReport {
  readonly target: string;
  readonly findings: readonly Finding[];
  readonly summary: DoctorSummary;
  /** Findings that the app itself allows (docs/architecture.md): they count for nothing. Absent for none. */
  readonly silenced?: readonly Finding[];
  /** Allowances that silence nothing. Absent for none. */
  readonly allowanceFaults?: readonly AllowanceFault[];
  /** What the folder is, where it has no app for iisnode: then only its web.config was checked. */
  readonly remark?: string;
  /** Where the app is taken to sit, and by what, where the options do not say it. */
  readonly assumed?: readonly Assumption[];
  /** The nearest web.config above the app's folder, which was not read: nothing says that the server has it above the app as well. */
  readonly notRead?: string;
  /** The options that said where the app is and what is around it, as a command line has them: the same look needs them again. */
  readonly asked?: readonly string[];
  /**
   * What was seen of IIS on this machine, or on another one, and what was not, each with the reason. Of another one its name, and the
   * app's folder there.
   */
  readonly server?: ServerLook & { readonly name?: string; readonly directory?: string | undefined };
  /** Whether the app was started, and what became of it; absent where that was not asked for. */
  readonly trial?: TrialReport;
  /** What was asked of a live site, and what answered; absent where no URL was given. */
  readonly live?: LiveReport;
  /** After --fix: rules whose fix did not reduce the number of findings and was rolled back. */
  readonly takenBack?: readonly string[];
  /** After --fix: rules whose fix was rolled back because something worked before it in a trial and failed after it, and what. */
  readonly worse?: { readonly rules: readonly string[]; readonly because: string };
  /** After --fix: files that could not be written, and the rules whose fixes they need. Absent for none. */
  readonly notWritten?: readonly NotWritten[];
  /** After --fix: the files that it changed; with --dry-run those that it would change. */
  readonly changed?: readonly ChangedFile[];
  /** Nothing was written: the fixes were made in a copy. */
  readonly dryRun?: true;
}

/** A file that --fix would have changed, or needs, and that could not be written. */
export interface NotWritten {
  /** Absolute. */
  readonly file: string;
  /** Codes of the rules whose findings are not fixed because of it. */
  readonly rules: readonly string[];
  /** A sentence. */
  readonly why: string;
  /** What to do, without a full stop. */
  readonly next: string;
}

/** The trial of an app. */
export type TrialReport =
  | { readonly ran: false; readonly reason: string }
  | {
      readonly ran: true;
      readonly ms: number;
      readonly url: string;
      readonly outcome: TrialOutcome;
      /** The copy of applicationHost.config that configured the server; its bindings were not used. Absent without one. */
      readonly apphost?: string;
    };

/** `works`: all that a browser asked for was answered. `fails`: the app answered, but not all of it. */
export type TrialOutcome = 'works' | 'fails' | 'refused-by-policy' | Exclude<Outcome['kind'], 'answers'>;

/** A minimal edit of one file; edits of one file do not overlap. */
export interface FixEdit {
  readonly file: string;
  readonly edits: readonly TextEdit[];
}

/** The result of a rule's check: what differs from finding to finding. */
export interface RuleFinding<Data = unknown> {
  /** One sentence: what is wrong here, with the names of this site. */
  readonly message: string;
  /** Overrides the rule's severity for this finding. */
  readonly severity?: Severity;
  /** Instead of the rule's `why`. */
  readonly why?: string;
  /** One line: what to write instead. */
  readonly fix?: string;
  readonly at?: Place;
  /** Where the loader makes this work unchanged. */
  readonly loader?: ByLoader;
  /** Passed to the rule's `fix`. */
  readonly data?: Data;
  readonly seen?: readonly string[];
  readonly causes?: readonly RankedCause[];
  readonly apart?: string;
}

/** What the loader (iisnode-entry.cjs) does about a finding: with it in place there is none. */
export interface ByLoader {
  /** Why it is needed, without a subject: 'listens on a fixed port'. */
  readonly says: string;
  /** Under iisnode alone: HttpPlatformHandler starts node with the entry, and gives it a port. */
  readonly ofIisnode?: true;
  /** The setting that it takes, besides being there. */
  readonly by?: 'stripVdirPath' | 'rewritePages';
}

/** The name and the texts of a rule. */
interface RuleText {
  /** Never changes: users name rules by it. Upper case, says what is wrong. */
  readonly code: string;
  readonly severity: Severity;
  readonly title: string;
  /** One sentence: what the user of the site sees because of it. */
  readonly why: string;
  /** A paragraph for `--explain`, with the fix. */
  readonly help: string;
  /** Of a rule about files: what is seen of a running app because of what it finds. */
  readonly explains?: readonly Explained[];
  /**
   * Of a rule about files: what a trial shows where a finding is wrong. `listening`: the app listens where IIS looks for it; `client`: the
   * client of the page connects.
   */
  readonly disprovedBy?: 'listening' | 'client';
  /** Codes of rules whose findings may follow from one of this rule: they are told after it. */
  readonly leadsTo?: readonly string[];
}

/** Codes of the rules about a trial. */
export type TrialCode =
  | 'CONFIG_REFUSED'
  | 'APP_NOT_STARTED'
  | 'APP_CRASHED'
  | 'APP_ENDED'
  | 'APP_NEVER_LISTENED'
  | 'APP_LISTENED_ELSEWHERE'
  | 'PAGE_FAILED'
  | 'PAGE_FILE_MISSING'
  | 'PAGE_NEVER_ENDS'
  | 'PAGE_POLICY_REFUSES'
  | 'CLIENT_SCRIPT_FAILED'
  | 'HANDSHAKE_FAILED'
  | 'SESSION_LOST'
  | 'WEBSOCKET_FAILED'
  | 'TRIAL_UNDECIDED';

/** What only a live site shows, and a rule about files explains. */
export type LiveCode =
  | 'LIVE_SOURCE_EXPOSED'
  | 'LIVE_PACKAGES_EXPOSED'
  | 'LIVE_LOGS_EXPOSED'
  | 'LIVE_DEBUGGER_EXPOSED'
  | 'LIVE_GENERATIONS_DIFFER'
  | 'LIVE_NAMESPACE_MISSING'
  | 'LIVE_UPGRADE_LOST'
  | 'LIVE_CONNECTION_HEADER_TWICE'
  | 'LIVE_PING_TOO_SLOW'
  | 'LIVE_MESSAGE_LIMIT'
  | 'LIVE_CORS_REFUSED'
  | 'LIVE_CORS_TWICE'
  | 'LIVE_CORS_WITHOUT_CREDENTIALS';

/** A symptom that a rule explains: any finding of that code, or those whose message or reason matches. */
export type Explained = TrialCode | LiveCode | { readonly finding: TrialCode | LiveCode; readonly saying: RegExp };

/** A rule about files. It is data: facts in, findings out; `check` and `fix` are pure. */
export interface FileRule<Data = unknown> extends RuleText {
  readonly scope?: 'files';
  check(facts: FileFacts): readonly RuleFinding<Data>[];
  /** Minimal edits that fix the finding; none when it must be fixed by hand. */
  fix?(facts: FileFacts, finding: RuleFinding<Data>): readonly FixEdit[];
}

/** A rule about the result of a probe of a URL; the doctor cannot fix what is found there. */
export interface LiveRule extends RuleText {
  readonly scope: 'live';
  check(facts: LiveFacts): readonly RuleFinding[];
  readonly fix?: undefined;
}

/** A rule about what happened when the doctor started the app. */
export interface TrialRule extends RuleText {
  readonly code: TrialCode;
  readonly scope: 'trial';
  check(facts: TrialFacts): readonly RuleFinding[];
  readonly fix?: undefined;
}

/** What the documents say of a known text. */
export interface KnownEntry {
  readonly id: string;
  readonly says: string;
  /** How it appears, in one line. */
  readonly example?: string;
  /** The likeliest first. */
  readonly causes: readonly Omit<RankedCause, 'against'>[];
}

/** A rule about a text that the user has seen. */
export interface SeenRule extends RuleText {
  readonly scope: 'seen';
  /** The texts that it knows, for the documents. */
  readonly texts: readonly KnownEntry[];
  check(facts: SeenFacts): readonly RuleFinding[];
  readonly fix?: undefined;
}

export type Rule = FileRule | LiveRule | TrialRule | SeenRule;
