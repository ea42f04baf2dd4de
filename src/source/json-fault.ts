/** Why a text is not JSON. */
export interface JsonFault {
  /** A sentence. */
  readonly message: string;
  /** In UTF-16 units, from 0. */
  readonly offset: number;
}

/** The first position where a text is not JSON for JSON.parse; undefined when it is JSON. A byte-order mark is not JSON. */
export function findJsonFault(text: string): JsonFault | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return new Scanner(text).fault() ?? { message: `${error.message}.`, offset: 0 };
  }
}

const space = /[ \t\r\n]*/y;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|(?:true|false|null)\b/y;
const string = /"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/uy;

/** Reads a text once, without recursion: a text may nest to any depth. */
class Scanner {
  readonly #text: string;
  #at = 0;
  /** The open brackets and their positions. */
  readonly #open: { readonly bracket: string; readonly offset: number }[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  fault(): JsonFault | undefined {
    this.#take(space);
    if (this.#at === this.#text.length) return { message: 'It is empty.', offset: 0 };
    for (;;) {
      const fault = this.#value();
      if (fault !== undefined) return fault;
      // #value leaves a non-empty array or object open, before its first member.
      if (this.#isAtMember) continue;
      const end = this.#behindValue();
      if (end !== 'member') return end;
    }
  }

  #isAtMember = false;

  /** Reads a value, or the start of one: the bracket of a non-empty array or object, with the name of the first member. */
  #value(): JsonFault | undefined {
    this.#isAtMember = false;
    const bracket = this.#text.charAt(this.#at);
    if (bracket === '{' || bracket === '[') {
      this.#open.push({ bracket, offset: this.#at });
      this.#at += 1;
      this.#take(space);
      if (this.#text.charAt(this.#at) === closing(bracket)) {
        this.#open.pop();
        this.#at += 1;
        return undefined;
      }
      this.#isAtMember = true;
      return bracket === '{' ? this.#name() : undefined;
    }
    return this.#take(string) || this.#take(scalar) ? undefined : this.#wrong('a value');
  }

  /** From the end of a value to the next member's value, or to the end of the text. */
  #behindValue(): JsonFault | 'member' | undefined {
    for (;;) {
      this.#take(space);
      const open = this.#open.at(-1);
      if (open === undefined) return this.#at === this.#text.length ? undefined : this.#wrong('the end of the file');
      const character = this.#text.charAt(this.#at);
      if (character === closing(open.bracket)) {
        this.#open.pop();
        this.#at += 1;
        continue;
      }
      if (character !== ',') return this.#wrong(`a comma or ${closing(open.bracket)}`);
      const comma = this.#at;
      this.#at += 1;
      this.#take(space);
      const next = this.#text.charAt(this.#at);
      if (next === '}' || next === ']') return { message: `There is a comma before the ${next}.`, offset: comma };
      return (open.bracket === '{' ? this.#name() : undefined) ?? 'member';
    }
  }

  #name(): JsonFault | undefined {
    if (!this.#take(string)) return this.#wrong('a name in double quotes');
    this.#take(space);
    if (this.#text.charAt(this.#at) !== ':') return this.#wrong('a colon');
    this.#at += 1;
    this.#take(space);
    return undefined;
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return false;
    this.#at = pattern.lastIndex;
    return true;
  }

  #wrong(wanted: string): JsonFault {
    const offset = this.#at;
    const rest = this.#text.slice(offset, offset + 1000);
    const open = this.#open.at(-1);
    if (rest === '') {
      const end = open && `its last ${open.bracket} is not closed`;
      return { message: `It ends too early: ${end ?? `${wanted} is missing`}.`, offset };
    }
    if (/^([<=>])\1{6}/.test(rest)) return { message: 'There is a merge conflict marker.', offset };
    if (/^\/[/*]/.test(rest)) return { message: 'There is a comment, which JSON does not have.', offset };
    if (rest.startsWith("'")) return { message: 'There are single quotes; JSON has only double quotes.', offset };
    if (rest.startsWith('"')) return brokenString(rest, offset, wanted);
    return { message: `There is ${shown(rest)} where ${wanted} should be.`, offset };
  }
}

const closing = (bracket: string): string => (bracket === '{' ? '}' : ']');

/** A string that is not closed, or contains an invalid character. */
function brokenString(rest: string, offset: number, wanted: string): JsonFault {
  const good = /^"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*/u.exec(rest)?.[0].length ?? 1;
  const next = rest.charAt(good);
  if (next === '"') return { message: `There is a string where ${wanted} should be.`, offset };
  if (next === '\\') return { message: 'There is a single backslash in a string: write two.', offset: offset + good };
  if (next === '' || /[\r\n]/.test(next)) return { message: 'A string is not closed before its line ends.', offset };
  return { message: `There is ${shown(next)} in a string.`, offset: offset + good };
}

/** The first word or character, as it can be printed. */
function shown(text: string): string {
  const word = /^[\w$.+-]{1,30}/.exec(text)?.[0] ?? String.fromCodePoint(text.codePointAt(0) ?? 0);
  return JSON.stringify(word).replace(/[\x7f-\x9f]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
}
