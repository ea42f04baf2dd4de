import { boundedMatch, TooComplex } from './regex/bounded-match.js';
import { safeLength } from './regex/cost.js';
import { parseRegex } from './regex/parse.js';
import { compileProgram, type Program } from './regex/program.js';
import { type ParsedRegex, RegexError, regexMessage } from './regex/syntax.js';
import { toJavaScript } from './regex/to-javascript.js';
import type { PatternSyntax } from './types.js';
import { maxMatchSteps, maxPatternLength, wildcardIsGreedy } from './unconfirmed.js';

/** Groups of a match, {R:0} first; undefined where a group took no part. */
export type Groups = readonly (string | undefined)[];

/** Steps up to which a pattern is left to RegExp: some ten milliseconds. */
const regExpSteps = 4_000_000;

/** A match that was given up. `message` is IIS's sentence. */
export class PatternTooComplex extends Error {
  override readonly name = 'PatternTooComplex';
}

/** A compiled pattern of any syntax. RegExp does the work wherever it surely ends soon; else a bounded matcher does. */
export class Pattern {
  private readonly regExp: RegExp;
  private readonly safeLength: number;
  private program: Program | undefined;

  constructor(
    readonly text: string,
    private readonly regex: ParsedRegex,
    private readonly ignoreCase: boolean,
  ) {
    this.regExp = new RegExp(toJavaScript(regex.root), ignoreCase ? 'i' : '');
    this.safeLength = safeLength(regex.root, ignoreCase, regExpSteps);
  }

  /** Groups of the first match anywhere in `input`, or null. Throws PatternTooComplex. */
  exec(input: string): Groups | null {
    return input.length <= this.safeLength ? this.regExp.exec(input) : this.bounded(input);
  }

  /** All matches, left to right and not overlapping, with their offsets; at most `limit`. Throws PatternTooComplex. */
  *all(input: string, limit: number): Generator<{ readonly index: number; readonly groups: Groups }> {
    let at = 0;
    for (let count = 0; count < limit && at <= input.length; count++) {
      const found = this.execFrom(input, at);
      if (found === null) return;
      yield found;
      at = found.index + Math.max(1, found.groups[0]?.length ?? 0);
    }
  }

  private execFrom(input: string, from: number): { index: number; groups: Groups } | null {
    const global = new RegExp(this.regExp.source, `${this.regExp.flags}g`);
    if (input.length <= this.safeLength) {
      global.lastIndex = from;
      const match = global.exec(input);
      return match === null ? null : { index: match.index, groups: match };
    }
    return this.guard(() => boundedMatch(this.compiled(), input, maxMatchSteps, from));
  }

  private bounded(input: string): Groups | null {
    return this.guard(() => boundedMatch(this.compiled(), input, maxMatchSteps))?.groups ?? null;
  }

  private compiled(): Program {
    this.program ??= compileProgram(this.regex, this.ignoreCase);
    return this.program;
  }

  private guard<T>(match: () => T): T {
    try {
      return match();
    } catch (cause) {
      if (!(cause instanceof TooComplex)) throw cause;
      throw new PatternTooComplex(regexMessage(this.text, 'complexity'), { cause });
    }
  }
}

/**
 * Compile a pattern of a rule or condition. ECMAScript matches anywhere in the input, Wildcard and ExactMatch the
 * whole of it. Throws RegexError for what URL Rewrite refuses.
 */
export function compilePattern(text: string, syntax: PatternSyntax, ignoreCase: boolean): Pattern {
  if (text.length > maxPatternLength) {
    throw new RegexError(text, 'space', maxPatternLength, `the pattern is longer than ${maxPatternLength} characters`);
  }
  const source = syntax === 'Wildcard' ? wildcardSource(text) : syntax === 'ExactMatch' ? exactSource(text) : text;
  return new Pattern(text, parseRegex(source), ignoreCase);
}

/** A text for its own sake, wherever it stands: outbound rules' ExactMatch. */
export function compileSubstring(text: string, ignoreCase: boolean): Pattern {
  return new Pattern(text, parseRegex(quote(text)), ignoreCase);
}

function quote(text: string): string {
  return text.replace(/[\^$\\.*+?()[\]{}|]/g, '\\$&');
}

function exactSource(text: string): string {
  return `^${quote(text)}$`;
}

function wildcardSource(text: string): string {
  const star = wildcardIsGreedy ? '([\\s\\S]*)' : '([\\s\\S]*?)';
  const body = text.replace(/[\^$\\.*+?()[\]{}|]/g, (char) =>
    char === '*' ? star : char === '?' ? '[\\s\\S]' : `\\${char}`,
  );
  return `^${body}$`;
}

/** What URL Rewrite would refuse in a pattern: IIS's sentence, and plain words; undefined when it is fine. */
export function checkPattern(text: string, syntax: PatternSyntax): { message: string; detail: string } | undefined {
  try {
    compilePattern(text, syntax, true);
    return undefined;
  } catch (cause) {
    if (cause instanceof RegexError) return { message: cause.message, detail: cause.detail };
    throw cause;
  }
}
