import { malformedIndexer } from './refusal.js';

/** One part of a property path: a child element or attribute by name, or an entry of a collection by its values. */
export type PathStep =
  | { readonly kind: 'name'; readonly name: string }
  | {
      readonly kind: 'entry';
      /** start, end or a number from 0; undefined: at the end. */
      readonly position: 'start' | 'end' | number | undefined;
      readonly values: readonly (readonly [name: string, value: string])[];
    };

/** `processModel.idleTimeout`, `+bindings.[protocol='http',...]`, `-[value='x']`. */
export interface PropertyPath {
  readonly verb: 'set' | 'add' | 'remove';
  readonly steps: readonly PathStep[];
  /** As written, for messages. */
  readonly text: string;
}

/**
 * Parses a property path.
 * @param text without the leading `/` and without `:value`.
 * @throws Refusal exit 13 for an invalid bracket.
 */
export function parsePropertyPath(text: string): PropertyPath {
  const sign = text[0];
  const verb = sign === '+' ? 'add' : sign === '-' ? 'remove' : 'set';
  const steps: PathStep[] = [];
  let at = verb === 'set' ? 0 : 1;
  while (at < text.length) {
    if (text[at] === '.') at++;
    if (text[at] === '[') {
      const end = closingBracket(text, at);
      steps.push(parseIndexer(text.slice(at + 1, end)));
      at = end + 1;
    } else {
      let end = at;
      while (end < text.length && text[end] !== '.' && text[end] !== '[') end++;
      if (end === at) break; // two dots, or one at the end: no name
      steps.push({ kind: 'name', name: text.slice(at, end) });
      at = end;
    }
  }
  return { verb, steps, text };
}

/** Index of the `]` that closes the bracket at `start`; quoted text may contain brackets. Throws Refusal when there is none. */
export function closingBracket(text: string, start: number): number {
  let quoted = false;
  for (let index = start + 1; index < text.length; index++) {
    if (text[index] === "'")
      quoted = !quoted; // a doubled one toggles twice
    else if (text[index] === ']' && !quoted) return index;
  }
  throw malformedIndexer();
}

const pair = /\s*([A-Za-z_][\w.-]*)\s*=\s*(?:'((?:[^']|'')*)'|([^,']*))\s*(?:,|$)/y;

function parseIndexer(content: string): PathStep {
  const head = /^\s*@(start|end|\d{1,9})\s*(?:,|$)/i.exec(content);
  const word = head?.[1]?.toLowerCase();
  const position = word === undefined ? undefined : word === 'start' || word === 'end' ? word : Number(word);
  const values: [string, string][] = [];
  pair.lastIndex = head?.[0].length ?? 0;
  while (pair.lastIndex < content.length) {
    const match = pair.exec(content);
    if (match?.[1] === undefined) throw malformedIndexer();
    values.push([match[1], match[2]?.replaceAll("''", "'") ?? match[3]?.trim() ?? '']);
  }
  if (position === undefined && values.length === 0) throw malformedIndexer();
  return { kind: 'entry', position, values };
}
