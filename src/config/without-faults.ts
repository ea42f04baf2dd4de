import { applyEdits, type TextEdit, type XmlDocument, type XmlElement, XmlError } from '../xml/index.js';
import type { ConfigError, ConfigErrorKind } from './error.js';

/** What can be left out of a web.config without changing what the rest of it says. */
const skippableKinds = new Set<ConfigErrorKind>([
  'unknown-section',
  'unknown-element',
  'unknown-attribute',
  'invalid-value',
  'duplicate-entry',
  'duplicate-section',
  'bad-location',
  'section-locked',
]);

type Span = TextEdit['span'];

const placeKey = (line: number | undefined, column: number | undefined): string => `${line}:${column}`;

/** The elements below the root and their attributes, by the line and column that an error has. */
function spansByPlace(document: XmlDocument): ReadonlyMap<string, Span> {
  const spans = new Map<string, Span>();
  const pending: XmlElement[] = [...document.root.children];
  for (let element = pending.pop(); element; element = pending.pop()) {
    for (const { span } of [element, ...element.attributes]) {
      const { line, column } = document.positionAt(span.start);
      spans.set(placeKey(line, column), span);
    }
    for (const child of element.children) pending.push(child);
  }
  return spans;
}

/** The spans that are in no other; they are nested or apart. */
function outermost(spans: readonly Span[]): readonly Span[] {
  const outer: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = outer.at(-1);
    if (last === undefined || span.end > last.end) outer.push(span);
  }
  return outer;
}

/** An error hides those after it; after this many rounds the file has only errors. */
const mostRounds = 50;
/** Limit of characters read in all rounds together: each round reads the whole file again. */
const mostText = 5_000_000;

/**
 * Reads a document that may have faults. IIS stops at the first error; here what it refuses is left out, and the rest is read again, until
 * there is no error or none that can be left out.
 *
 * @param read Called with the document of each round. `errors`: those at a place in it.
 * @returns The result of the last round.
 */
export function readWithoutFaults<Result extends { readonly errors: readonly ConfigError[] }>(
  document: XmlDocument,
  read: (document: XmlDocument) => Result,
): Result {
  let result = read(document);
  let better = withoutFaults(document, result.errors);
  for (let round = 1; better && round <= mostRounds && round * document.text.length <= mostText; round += 1) {
    result = read(better);
    better = withoutFaults(better, result.errors);
  }
  return result;
}

/**
 * The document without the places of these errors, which are all its own: blanks stand there, so that everything else keeps its line, column and
 * offset. Undefined when none of them can be left out.
 */
function withoutFaults(document: XmlDocument, errors: readonly ConfigError[]): XmlDocument | undefined {
  const faults = errors.filter(({ kind }) => skippableKinds.has(kind));
  if (faults.length === 0) return undefined;
  const places = spansByPlace(document);
  const outer = outermost(faults.flatMap(({ line, column }) => places.get(placeKey(line, column)) ?? []));
  if (outer.length === 0) return undefined;
  const edits = outer.map((span) => ({
    span,
    text: document.text.slice(span.start, span.end).replace(/[^\r\n]/g, ' '),
  }));
  try {
    return applyEdits(document, edits);
  } catch (error) {
    if (error instanceof XmlError) return undefined; // nothing well-formed is left of it
    throw error;
  }
}
