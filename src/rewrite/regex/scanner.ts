import { RegexError, type RegexErrorCode } from './syntax.js';

/** A pattern being read, and what the parts of the parser share. */
export class Scanner {
  /** Offset of the next character. */
  at = 0;
  /** Capture groups opened so far. */
  groups = 0;
  /** Capture groups already closed: only these may be referenced. */
  readonly closed = new Set<number>();
  readonly pattern: string;

  constructor(pattern: string) {
    this.pattern = pattern;
  }

  get done(): boolean {
    return this.at >= this.pattern.length;
  }

  /** The next character, '' at the end. */
  get peek(): string {
    return this.pattern.charAt(this.at);
  }

  /** Take the next character; '' at the end. */
  next(): string {
    return this.pattern.charAt(this.at++);
  }

  /** Take `text` if it comes next. */
  eat(text: string): boolean {
    if (!this.pattern.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  /** Take all decimal digits that come next. */
  digits(): string {
    const start = this.at;
    while (this.peek >= '0' && this.peek <= '9') this.at++;
    return this.pattern.slice(start, this.at);
  }

  error(code: RegexErrorCode, detail: string, offset = this.at): RegexError {
    return new RegexError(this.pattern, code, offset, detail);
  }
}
