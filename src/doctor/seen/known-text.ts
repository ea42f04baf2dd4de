import type { FileFacts, Severity } from '../types.js';

/** A cause of a known text. */
export interface Cause {
  /** One sentence without a full stop: what is wrong then. */
  readonly says: string;
  /** One sentence without a full stop: what to do then. */
  readonly fix: string;
  /** The rules of the doctor that find it in files or live. */
  readonly rules?: readonly string[];
  /** The likeliest cause where this is somewhere in the text as well. */
  readonly when?: RegExp;
  /** Why the files rule it out; undefined when they do not. */
  readonly unless?: (facts: FileFacts) => string | undefined;
}

/**
 * A text that people see when an app fails on IIS. Each pattern has bounded quantifiers only, so that the time is linear in
 * the length of the text.
 */
export interface KnownText {
  /** Never changes: 'session-id-unknown'. */
  readonly id: string;
  /** One sentence without a full stop: what has happened. */
  readonly says: string;
  /** How it appears, in one line; none for what no text shows, only a recording or a folder of logs. */
  readonly example?: string;
  /** 'error' by default. */
  readonly severity?: Severity;
  /** Any of these is in the text. */
  readonly text?: readonly RegExp[];
  /** Any of these statuses: '500.1013', or '503' for a 503 without a sub-status that is known. */
  readonly status?: readonly string[];
  /** With `status`: that answer has one of these error codes; alone: the text has one of them. '0x6d', '0x80070021'. */
  readonly error?: readonly string[];
  /** This has to be somewhere in the text as well. */
  readonly with?: RegExp;
  /** Not where the line that matches, or for codes the whole text, has this. */
  readonly but?: RegExp;
  /** One or two sentences: what it means. */
  readonly means: string;
  /** The likeliest first. */
  readonly causes: readonly Cause[];
  /** What distinguishes the causes. */
  readonly apart: string;
  /** Where it is documented or reported: addresses, source files. */
  readonly sources: readonly string[];
  /** Texts, or families of texts, of which this is only a consequence: where one of them was seen, this adds nothing. */
  readonly follows?: readonly string[];
}

/** The texts of one place where they appear. */
export interface Family {
  /** 'node': for `follows`. */
  readonly name: string;
  /** The code of its rule. */
  readonly rule: string;
  readonly texts: readonly KnownText[];
}
