import { boundedMatch, type StepBudget, TooComplex } from './regex/bounded-match.js';
import { firstCharacters, mayStart, safeLength } from './regex/cost.js';
import { parseRegex } from './regex/parse.js';
import { compileProgram, type Program } from './regex/program.js';
import { type ParsedRegex, RegexError, regexMessage } from './regex/syntax.js';
import { toJavaScript } from './regex/to-javascript.js';
import type { PatternSyntax } from './types.js';
import { maxMatchSteps, maxPatternLength, wildcardIsGreedy } from './unconfirmed.js';

/** Groups of a match, {R:0} first; undefined for a group that did not match. */
export type Groups = readonly (string | undefined)[];

export interface PatternMatch {
  readonly index: number;
  readonly groups: Groups;
}

/** A pattern for RegExp, and the longest input that may be passed to it. */
interface Tested {
  readonly regExp: RegExp;
  readonly safeLength: number;
}

/** Up to this number of steps RegExp runs a pattern: about ten milliseconds. */
const regExpSteps = 4_000_000;

/** A match that exceeded its limit. `message` is IIS's sentence. */
export class PatternTooComplex extends Error {
  override readonly name = 'PatternTooComplex';
}

/**
 * A compiled pattern of any syntax. RegExp runs it where it certainly ends soon; otherwise a bounded matcher does.
 * Everything except the parsed pattern is created when it is first needed: most patterns of a site are tried once or never.
 */
export class Pattern {
  private first: Uint32Array | undefined;
  private isPrepared = false;
  private tested: Tested | undefined;
  private program: Program | undefined;

  constructor(
    readonly text: string,
    private readonly regex: ParsedRegex,
    private readonly ignoreCase: boolean,
  ) {}

  /**
   * Groups of the first match anywhere in `input`, or null. `budget` is shared by matches that belong together.
   * Throws PatternTooComplex.
   */
  exec(input: string, budget?: StepBudget): Groups | null {
    if (!this.isPrepared) this.prepare();
    if (this.first !== undefined) {
      if (input.length === 0 || !mayStart(this.first, input.charCodeAt(0))) return null;
    }
    this.tested ??= this.test();
    return input.length <= this.tested.safeLength ? this.tested.regExp.exec(input) : this.bounded(input, budget);
  }

  private prepare(): void {
    this.first = firstCharacters(this.regex.root, this.ignoreCase);
    this.isPrepared = true;
  }

  private test(): Tested {
    const { root } = this.regex;
    return {
      regExp: new RegExp(toJavaScript(root), this.ignoreCase ? 'i' : ''),
      safeLength: safeLength(root, this.ignoreCase, regExpSteps),
    };
  }

  /**
   * All matches, left to right and not overlapping, with their offsets; at most `limit`, within `budget` in all.
   * Throws PatternTooComplex.
   */
  *all(input: string, limit: number, budget: StepBudget): Generator<PatternMatch> {
    this.tested ??= this.test();
    const { regExp, safeLength } = this.tested;
    const global = input.length <= safeLength ? new RegExp(regExp.source, `${regExp.flags}g`) : undefined;
    let at = 0;
    for (let count = 0; count < limit && at <= input.length; count++) {
      let found: PatternMatch | null;
      if (global !== undefined) {
        global.lastIndex = at;
        const match = global.exec(input);
        found = match === null ? null : { index: match.index, groups: match };
      } else {
        const from = at;
        found = this.guard(() => boundedMatch(this.compiled(), input, budget, from));
      }
      if (found === null) return;
      yield found;
      at = found.index + Math.max(1, found.groups[0]?.length ?? 0);
    }
  }

  private bounded(input: string, budget: StepBudget = { left: maxMatchSteps }): Groups | null {
    return this.guard(() => boundedMatch(this.compiled(), input, budget))?.groups ?? null;
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

/** A cache of compiled patterns, by syntax, case and text: a host compiles the rules of every requested path. */
const compiled = new Map<string, Pattern>();
const maxCompiled = 2000;

/**
 * Compiles a pattern of a rule or condition. ECMAScript matches anywhere in the input, Wildcard and ExactMatch the
 * whole of it. Throws RegexError for what URL Rewrite refuses.
 */
export function compilePattern(text: string, syntax: PatternSyntax, ignoreCase: boolean): Pattern {
  if (text.length > maxPatternLength) {
    throw new RegexError(text, 'space', maxPatternLength, `the pattern is longer than ${maxPatternLength} characters`);
  }
  const source = regexSource(text, syntax);
  const key = `${syntax}${ignoreCase ? 'i' : ' '}${text}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const pattern = new Pattern(text, parseRegex(source), ignoreCase);
  if (compiled.size >= maxCompiled) compiled.clear();
  compiled.set(key, pattern);
  return pattern;
}

/** The regular expression of a pattern of any syntax. */
export function regexSource(text: string, syntax: PatternSyntax): string {
  return syntax === 'Wildcard' ? wildcardSource(text) : syntax === 'ExactMatch' ? exactSource(text) : text;
}

/** A literal text at any position: ExactMatch of outbound rules. */
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

/** What URL Rewrite would refuse in a pattern: IIS's sentence, and an explanation; undefined when it is valid. */
export function checkPattern(text: string, syntax: PatternSyntax): { message: string; detail: string } | undefined {
  try {
    compilePattern(text, syntax, true);
    return undefined;
  } catch (cause) {
    if (cause instanceof RegexError) return { message: cause.message, detail: cause.detail };
    throw cause;
  }
}
