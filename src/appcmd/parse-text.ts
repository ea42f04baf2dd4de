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

const entryLine = /^([A-Z]+)\s+"(.*?)"(?:\s+\((.*)\))?\s*$/;

/**
 * Reads appcmd's text output. It never throws: text is localised and changes with the version, so an unknown line is
 * a message. Prefer `/xml` where a value is needed.
 * @param stdout lines end with \r\n, in redirected help with \r\r\n.
 */
export function parseAppcmdText(stdout: string): AppcmdText {
  const errors: AppcmdErrorText[] = [];
  // The parenthesis that closes an error is after a space, on the same line or alone on the last line.
  const rest = stdout.replace(
    /^ERROR \( (?:hresult:([0-9a-f]{1,8}), ?)?message:([\s\S]*?)\s\)\s*$/gim,
    (_, hresult: string | undefined, message: string) => {
      const lines = linesOfOutput(message).map((line) => line.trim());
      errors.push({
        hresult: hresult === undefined ? undefined : Number.parseInt(hresult, 16),
        message: lines.filter((line) => line !== '').join('\n'),
      });
      return '';
    },
  );
  const entries: AppcmdEntry[] = [];
  const messages: string[] = [];
  for (const line of linesOfOutput(rest)) {
    const match = entryLine.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined) entries.push(entry(match[1], match[2], match[3] ?? ''));
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
