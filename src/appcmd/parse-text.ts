import { linesOfOutput } from '../lines-of-output.js';
import type { AppcmdEntry, AppcmdErrorText } from './types.js';

/** The text output of appcmd. */
export interface AppcmdText {
  /** Lines such as `SITE "Default Web Site" (id:1,bindings:http/*:80:,state:Started)`. */
  readonly entries: readonly AppcmdEntry[];
  readonly errors: readonly AppcmdErrorText[];
  /** Every other line that is not empty: `"X" successfully started.`, a localised sentence, usage. */
  readonly messages: readonly string[];
}

interface EntryLine {
  readonly kind: string;
  readonly name: string;
  readonly list: string;
}

/** `KIND "NAME" (LIST)`, or without the list: a name may have quotes, and a list brackets. */
function entryLine(given: string): EntryLine | undefined {
  const line = given.trimEnd();
  const [start = '', kind] = /^([A-Z]+)\s+"/.exec(line) ?? [];
  if (kind === undefined) return undefined;
  const inside = line.slice(start.length);
  if (inside.endsWith('"')) return { kind, name: inside.slice(0, -1), list: '' };
  const list = inside.endsWith(')') ? /"\s+\(/.exec(inside) : null;
  if (list === null) return undefined;
  return { kind, name: inside.slice(0, list.index), list: inside.slice(list.index + list[0].length, -1) };
}

const errorStart = /^ERROR \( (?:hresult:([0-9a-f]{1,8}), ?)?message:/gim;
/** The parenthesis that closes an error is after a space, on the same line or alone on the last line. */
const errorEnd = /\s\)\s*$/gm;

/** Splits errors from the rest. What is not closed is no error. */
function withoutErrors(text: string, keep: (hresult: string | undefined, message: string) => void): string {
  let rest = '';
  let done = 0;
  for (const found of text.matchAll(errorStart)) {
    if (found.index < done) continue;
    const from = found.index + found[0].length;
    errorEnd.lastIndex = from;
    const end = errorEnd.exec(text);
    if (end === null) break;
    rest += text.slice(done, found.index);
    done = end.index + end[0].length;
    keep(found[1], text.slice(from, end.index));
  }
  return rest + text.slice(done);
}

/**
 * Reads appcmd's text output. It never throws: text is localised and changes with the version, so an unknown line is
 * a message. Prefer `/xml` where a value is needed.
 * @param stdout lines end with \r\n, in redirected help with \r\r\n.
 */
export function parseAppcmdText(stdout: string): AppcmdText {
  const errors: AppcmdErrorText[] = [];
  const rest = withoutErrors(stdout, (hresult, message) => {
    const lines = linesOfOutput(message).map((line) => line.trim());
    errors.push({
      hresult: hresult === undefined ? undefined : Number.parseInt(hresult, 16),
      message: lines.filter((line) => line !== '').join('\n'),
    });
  });
  const entries: AppcmdEntry[] = [];
  const messages: string[] = [];
  for (const line of linesOfOutput(rest)) {
    const found = entryLine(line);
    if (found !== undefined) entries.push(entry(found.kind, found.name, found.list));
    else if (line.trim() !== '') messages.push(line.trim());
  }
  return { entries, errors, messages };
}

/** `id:1,bindings:http/*:80:,https/*:443:h,state:Started`: values contain commas, so a comma ends a value only before a name. */
function splitProperties(text: string): [string, string][] {
  const starts = [...text.matchAll(/(?:^|,)\s*([A-Za-z][A-Za-z0-9_.]*):/g)];
  return starts.map((start, index) => {
    const from = start.index + start[0].length;
    const to = starts[index + 1]?.index ?? text.length;
    return [start[1] ?? '', text.slice(from, to).trim()];
  });
}

function entry(kind: string, name: string, list: string): AppcmdEntry {
  return appcmdEntry(kind, name, splitProperties(list));
}

/** An entry from its parts; property names are found ignoring case. */
export function appcmdEntry(
  kind: string,
  name: string,
  properties: readonly (readonly [name: string, value: string])[],
): AppcmdEntry {
  const byName = new Map(properties.map(([key, value]) => [key.toLowerCase(), value]));
  return { kind: kind.toUpperCase(), name, properties, get: (property) => byName.get(property.toLowerCase()) };
}
