/** A line with content: its indent, its text without a comment. */
interface Line {
  readonly indent: number;
  readonly text: string;
}

/** A part of YAML that this reading does not have: anchors, tags, texts of several lines. */
class NotPlain extends Error {}

/**
 * The value of a YAML file that has what configurations mostly have: maps, lists, plain and quoted texts, and lists and maps in
 * one line; undefined for all else. Never throws.
 */
export function readPlainYaml(text: string): unknown {
  const lines: Line[] = [];
  for (const line of text.split(/\r?\n/)) {
    const content = withoutComment(line);
    if (content.trim() === '' || /^(---|\.\.\.)\s*$/.test(content)) continue;
    lines.push({ indent: content.length - content.trimStart().length, text: content.trim() });
  }
  try {
    const reader = new Lines(lines);
    const value = block(reader, 0);
    return reader.next === undefined ? value : undefined;
  } catch (cause) {
    if (cause instanceof NotPlain || cause instanceof RangeError) return undefined;
    throw cause;
  }
}

/** The lines that are still to be read. */
class Lines {
  readonly #lines: Line[];

  constructor(lines: readonly Line[]) {
    this.#lines = lines.toReversed();
  }

  get next(): Line | undefined {
    return this.#lines.at(-1);
  }

  take(): void {
    this.#lines.pop();
  }

  /** What stands behind `- ` is read like a line of its own. */
  put(line: Line): void {
    this.#lines.push(line);
  }
}

/** The list, map or value at this indent or deeper. */
function block(lines: Lines, least: number): unknown {
  const first = lines.next;
  if (first === undefined || first.indent < least) return null;
  if (/^-(\s|$)/.test(first.text)) return list(lines, first.indent);
  if (keyIn(first.text) !== undefined) return map(lines, first.indent);
  lines.take();
  return scalar(first.text);
}

function list(lines: Lines, indent: number): unknown[] {
  const items: unknown[] = [];
  for (let line = lines.next; line?.indent === indent && /^-(\s|$)/.test(line.text); line = lines.next) {
    lines.take();
    const rest = line.text.slice(1).trimStart();
    if (rest !== '') lines.put({ indent: indent + line.text.length - rest.length, text: rest });
    items.push(block(lines, indent + 1));
  }
  return items;
}

function map(lines: Lines, indent: number): Record<string, unknown> {
  const entries: (readonly [string, unknown])[] = [];
  for (let line = lines.next; line?.indent === indent; line = lines.next) {
    const found = keyIn(line.text);
    if (found === undefined) throw new NotPlain();
    lines.take();
    // A list may stand at the indent of its key.
    const isList = lines.next?.indent === indent && /^-(\s|$)/.test(lines.next.text);
    const value = found.rest !== '' ? scalar(found.rest) : block(lines, isList ? indent : indent + 1);
    entries.push([found.key, value]);
  }
  if ((lines.next?.indent ?? 0) > indent) throw new NotPlain();
  return Object.fromEntries(entries);
}

function keyIn(text: string): { readonly key: string; readonly rest: string } | undefined {
  const [, quoted, plain, rest = ''] =
    /^(?:("[^"]*"|'[^']*')|([^\s"'[{&*!|>%@`-][^:]*|-[^\s:][^:]*?))\s*:(?:\s+(.*))?$/.exec(text) ?? [];
  if (quoted === undefined && plain === undefined) return undefined;
  return { key: quoted?.slice(1, -1) ?? (plain ?? '').trim(), rest };
}

/** A value in one line. */
function scalar(text: string): unknown {
  if (/^[[{]/.test(text)) return flow(text);
  if (/^[&*!|>%@`]/.test(text)) throw new NotPlain();
  return plainValue(text);
}

/** A list or a map in one line: `[a, "b"]`, `{ PORT: 3000 }`. */
function flow(text: string): unknown {
  const tokens =
    text.match(/"(?:[^"\\]|\\.)*"|'[^']*'|[[\]{},]|:(?=\s|$)|[^\s[\]{},"':](?:[^[\]{},:]|:(?!\s|$))*/g) ?? [];
  let at = 0;
  const value = (): unknown => {
    const token = tokens[at++];
    if (token === '[') {
      const items: unknown[] = [];
      while (tokens[at] !== ']') {
        items.push(value());
        if (tokens[at] === ',') at++;
        else if (tokens[at] !== ']') throw new NotPlain();
      }
      at++;
      return items;
    }
    if (token === '{') {
      const entries: (readonly [string, unknown])[] = [];
      while (tokens[at] !== '}') {
        const key = String(value());
        if (tokens[at++] !== ':') throw new NotPlain();
        entries.push([key, value()]);
        if (tokens[at] === ',') at++;
        else if (tokens[at] !== '}') throw new NotPlain();
      }
      at++;
      return Object.fromEntries(entries);
    }
    if (token === undefined || /^[\]},:&*!]/.test(token)) throw new NotPlain();
    return plainValue(token.trim());
  };
  const found = value();
  if (at < tokens.length) throw new NotPlain();
  return found;
}

function plainValue(text: string): unknown {
  if (text.startsWith('"')) return inQuotes(text);
  const [, single] = /^'((?:[^']|'')*)'$/.exec(text) ?? [];
  if (single !== undefined) return single.replaceAll("''", "'");
  if (text.startsWith("'")) throw new NotPlain();
  if (/^(true|false)$/i.test(text)) return /^true$/i.test(text);
  if (/^(null|~)$/i.test(text)) return null;
  return /^-?\d+(\.\d+)?$/.test(text) && String(Number(text)) === text ? Number(text) : text;
}

/** Its escapes are those of JSON, but for few. */
function inQuotes(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NotPlain();
  }
}

/** A comment begins at the line or behind a blank, outside of quotes. */
function withoutComment(line: string): string {
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const each = line.charAt(at);
    const before = line.charAt(at - 1);
    if (quote !== '') quote = each === quote && (quote === "'" || before !== '\\') ? '' : quote;
    else if (each === '#' && /^\s?$/.test(before)) return line.slice(0, at).trimEnd();
    else if (/["']/.test(each) && /^[\s:,[{-]?$/.test(before)) quote = each;
  }
  return line.trimEnd();
}
