/** A regular expression in URL Rewrite's dialect, parsed. Every `set` matches exactly one UTF-16 unit. */
export type RegexNode =
  | { readonly type: 'empty' }
  /** One character. `source` is the same in JavaScript syntax; `nonAscii`: it may match above U+007F. */
  | { readonly type: 'set'; readonly source: string; readonly nonAscii: boolean }
  | { readonly type: 'start' | 'end' | 'word' | 'notWord' }
  /** `index` is undefined for `(?:...)`. */
  | { readonly type: 'group'; readonly index: number | undefined; readonly body: RegexNode }
  | { readonly type: 'look'; readonly negate: boolean; readonly body: RegexNode }
  | { readonly type: 'backReference'; readonly index: number }
  | {
      readonly type: 'repeat';
      readonly body: RegexNode;
      readonly min: number;
      readonly max: number;
      readonly greedy: boolean;
      /** Capture groups inside the body, [first, last); each iteration starts with them unset. */
      readonly groups: readonly [number, number];
    }
  | { readonly type: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly type: 'either'; readonly branches: readonly RegexNode[] };

export interface ParsedRegex {
  readonly root: RegexNode;
  /** Number of capture groups. */
  readonly groups: number;
}

/** The error classes of C++ `std::regex` (`std::regex_constants::error_type`). */
export type RegexErrorCode =
  | 'backref'
  | 'badbrace'
  | 'badrepeat'
  | 'brace'
  | 'brack'
  | 'collate'
  | 'complexity'
  | 'ctype'
  | 'escape'
  | 'paren'
  | 'range'
  | 'space'
  | 'syntax';

/**
 * Texts in the style of the only one known from a real server (saotn.org, "Expression contains a repeat
 * expression"): `badrepeat` is quoted, the others are modelled on it from the C++ error list (unconfirmed).
 */
const texts: Record<RegexErrorCode, string> = {
  backref: 'contains an invalid back reference.',
  badbrace: 'contains an invalid count in a { } expression.',
  badrepeat:
    "contains a repeat expression (one of '*', '?', '+', '{' in most contexts) that is not preceded by an expression.",
  brace: "contains an unmatched '{' or '}'.",
  brack: "contains an unmatched '[' or ']'.",
  collate: 'contains an invalid collating element name.',
  complexity: 'could not be matched because the match is too complex.',
  ctype: 'contains an invalid character class name.',
  escape: 'contains an invalid escape sequence.',
  paren: "contains an unmatched '(' or ')'.",
  range: 'contains an invalid character range specifier.',
  space: 'could not be parsed because there are not enough resources available.',
  syntax: 'contains a syntax error.',
};

/** The sentence IIS puts on its error page for a pattern, e.g. `The expression "*.js" contains a repeat expression ...`. */
export function regexMessage(pattern: string, code: RegexErrorCode): string {
  return `The expression "${pattern}" ${texts[code]}`;
}

/** A pattern that URL Rewrite refuses. `message` is IIS's sentence, `detail` explains what is wrong at which position. */
export class RegexError extends Error {
  override readonly name = 'RegexError';
  readonly code: RegexErrorCode;
  /** Offset into the pattern, from 0. */
  readonly offset: number;
  readonly detail: string;

  constructor(pattern: string, code: RegexErrorCode, offset: number, detail: string) {
    super(regexMessage(pattern, code));
    this.code = code;
    this.offset = offset;
    this.detail = detail;
  }
}
