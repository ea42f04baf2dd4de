import type { Place } from '../../source/index.js';
import { type Answer, type Codes, canonical, readCodes } from './codes.js';
import { families } from './known/index.js';
import type { Family, KnownText } from './known-text.js';
import { type OwnLine, ownLine } from './own-line.js';
import { quoteOf } from './redact.js';
import { searchable } from './text-of.js';

/** A text in which known texts are searched. */
export interface SeenInput {
  /** Undefined for a text of the command line. */
  readonly file?: string;
  /** Before each quote: 'console.txt'. */
  readonly name?: string;
  readonly text: string;
  /** Shown in place of the matching line. */
  readonly quote?: string;
  /** The text is a part of the file: its lines are not those of the file. */
  readonly isPart?: boolean;
  /** Only texts of these families are searched. */
  readonly only?: readonly string[];
  /** A log that was not named by the user: it may be about the past, so that its findings are warnings. */
  readonly isPast?: boolean;
}

/** A known text that was seen. */
export interface Sighting {
  readonly known: KnownText;
  readonly family: Family;
  /** Each with the file that has it; without secrets. */
  readonly quotes: readonly string[];
  readonly at?: Place;
  /** The line of the app's own code in a stack. */
  readonly own?: OwnLine;
  /** The whole texts, to choose between causes. */
  readonly texts: readonly string[];
  readonly isPast?: boolean;
}

/** The texts of the list that an input has. Linear in its length. */
export function recognise(input: SeenInput): Sighting[] {
  const { text, ...found } = searchable(input.text);
  const hasLines = found.hasLines && input.isPart !== true;
  const codes = readCodes(text);
  const lists = families.filter(({ name }) => input.only?.includes(name) ?? true);
  const matches = lists.flatMap((family) =>
    family.texts.flatMap((known) => {
      const at = placeIn(text, codes, known);
      return at === undefined ? [] : [{ family, known, at }];
    }),
  );
  // A sub-status that no text of the list has: at least the status is known.
  const unknown = codes.answers.filter(
    ({ status, sub }) => sub !== undefined && !matches.some(({ known }) => known.status?.includes(`${status}.${sub}`)),
  );
  for (const answer of unknown) {
    const { sub: _sub, ...plain } = answer;
    for (const family of lists)
      for (const known of family.texts)
        if (
          !matches.some((match) => match.known === known) &&
          hasStatus(known, [plain]) !== undefined &&
          !isExcluded(text, known)
        )
          matches.push({ family, known, at: answer.at });
  }
  return matches.map(({ family, known, at }) => sighting(input, text, hasLines, family, known, at));
}

function sighting(
  input: SeenInput,
  text: string,
  hasLines: boolean,
  family: Family,
  known: KnownText,
  at: number,
): Sighting {
  const { line, column, content } = lineAt(text, at);
  const { file, name, quote, isPast } = input;
  const own = family.name === 'node' ? ownLine(text, at) : undefined;
  const where = name === undefined ? '' : `${name}${hasLines && quote === undefined ? `:${line}` : ''}: `;
  return {
    known,
    family,
    quotes: [`${where}${quote ?? quoteOf(content, column)}`],
    texts: [text],
    ...(file !== undefined &&
      hasLines &&
      quote === undefined && { at: { file, line, column: column + 1, evidence: quoteOf(content, column) } }),
    ...(own && { own }),
    ...(isPast && { isPast }),
  };
}

const isExcluded = (text: string, { but, with: also }: KnownText): boolean =>
  (but?.test(text) ?? false) || (also !== undefined && !also.test(text));

/** Where the text has it; undefined where it does not. */
function placeIn(text: string, codes: Codes, known: KnownText): number | undefined {
  const { text: patterns = [], status, error, but, with: also } = known;
  if (also !== undefined && !also.test(text)) return undefined;
  for (const pattern of patterns) {
    const at = firstMatch(text, pattern, but);
    if (at !== undefined) return at;
  }
  if (but?.test(text)) return undefined;
  if (status !== undefined) return hasStatus(known, codes.answers, codes);
  return error?.map((code) => codes.errors.get(canonical(code))).find((at) => at !== undefined);
}

/** The most matches of one pattern that are looked at, where the lines of the first ones are excluded. */
const mostMatches = 50;

function firstMatch(text: string, pattern: RegExp, but: RegExp | undefined): number | undefined {
  if (but === undefined) {
    const at = text.search(pattern);
    return at < 0 ? undefined : at;
  }
  const every = new RegExp(pattern.source, `${pattern.flags}g`);
  for (let count = 0; count < mostMatches; count += 1) {
    const match = every.exec(text);
    if (match === null) return undefined;
    const { content, end } = lineAt(text, match.index);
    if (!but.test(content)) return match.index;
    every.lastIndex = Math.max(end, every.lastIndex);
  }
  return undefined;
}

function hasStatus({ status = [], error }: KnownText, answers: readonly Answer[], codes?: Codes): number | undefined {
  const wanted = error?.map(canonical);
  return answers.find((answer) => {
    const full = answer.sub === undefined ? answer.status : `${answer.status}.${answer.sub}`;
    if (!status.includes(full)) return false;
    if (wanted === undefined) return true;
    // A page has its error code on another line than its status.
    return answer.error !== undefined ? wanted.includes(answer.error) : wanted.some((code) => codes?.errors.has(code));
  })?.at;
}

interface Line {
  /** From 1. */
  readonly line: number;
  /** Of the place, from 0. */
  readonly column: number;
  readonly content: string;
  readonly end: number;
}

function lineAt(text: string, at: number): Line {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const next = text.indexOf('\n', at);
  const end = next < 0 ? text.length : next;
  let line = 1;
  for (let index = text.indexOf('\n'); index >= 0 && index < start; index = text.indexOf('\n', index + 1)) line += 1;
  return { line, column: at - start, content: text.slice(start, end), end };
}
