/** A `{...}` in a text that URL Rewrite expands. */
export interface Reference {
  /** With its braces. */
  readonly text: string;
  /** 'REQUEST_FILENAME', 'R', 'ToLower'. */
  readonly name: string;
  /** What is after the first colon; undefined without one. */
  readonly argument: string | undefined;
}

/** The references of a text, inner ones after the one that they are in; a brace that is not closed has none. */
export function referencesIn(text: string): readonly Reference[] {
  const found: Reference[] = [];
  let at = 0;
  for (let open = text.indexOf('{'); open >= 0; open = text.indexOf('{', at)) {
    const close = closingBrace(text, open);
    if (close === undefined) return found;
    const inner = text.slice(open + 1, close);
    const colon = inner.indexOf(':');
    const brace = inner.indexOf('{');
    const isCall = colon >= 0 && (brace < 0 || colon < brace);
    const argument = isCall ? inner.slice(colon + 1) : undefined;
    found.push({ text: text.slice(open, close + 1), name: isCall ? inner.slice(0, colon) : inner, argument });
    found.push(...referencesIn(argument ?? ''));
    at = close + 1;
  }
  return found;
}

function closingBrace(text: string, open: number): number | undefined {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    else if (text[at] === '}') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return undefined;
}
