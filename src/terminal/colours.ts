import { printable, printableLines } from '../printable.js';

type Paint = (text: string) => string;

/** The few colours we use, by meaning. Colour never carries meaning alone. */
export interface Colours {
  readonly enabled: boolean;
  readonly error: Paint;
  readonly warning: Paint;
  readonly good: Paint;
  readonly info: Paint;
  readonly dim: Paint;
  readonly strong: Paint;
  readonly url: Paint;
}

const plain: Paint = (text) => text;

/** Does a stream get colours? NO_COLOR wins when non-empty (no-color.org), then FORCE_COLOR, then what the stream is. */
export function wantsColour(
  stream: { readonly isTTY?: boolean | undefined },
  environment: Readonly<Record<string, string | undefined>>,
  flag: boolean | undefined,
): boolean {
  if (flag === false) return false;
  if (environment.NO_COLOR) return false;
  const force = environment.FORCE_COLOR;
  if (force !== undefined) return force !== '0' && force !== 'false';
  return stream.isTTY === true && environment.TERM !== 'dumb';
}

/** SGR parameters that begin and end a style (ECMA-48, 8.3.117). */
const styles = [
  { name: 'error', begin: 31, end: 39 },
  { name: 'warning', begin: 33, end: 39 },
  { name: 'good', begin: 32, end: 39 },
  { name: 'info', begin: 36, end: 39 },
  { name: 'dim', begin: 90, end: 39 },
  { name: 'strong', begin: 1, end: 22 },
  { name: 'underline', begin: 4, end: 24 },
] as const;

/**
 * Painted text holds no escape sequence but marks: two of the code points that Unicode leaves to each program's own use (U+FDD0 to
 * U+FDEF, noncharacters), one where the style begins and one where it ends. `shown` makes sequences of them when the text is
 * written, so that every ESC in a text is somebody else's and is escaped. A mark in an app's output could colour its line, no more.
 */
const firstMark = 0xfdd0;
const marks = /([\uFDD0-\uFDDD])/;

function painter(style: (typeof styles)[number]['name']): Paint {
  const begin = firstMark + 2 * styles.findIndex(({ name }) => name === style);
  const [before, behind] = [String.fromCharCode(begin), String.fromCharCode(begin + 1)];
  return (text) => `${before}${text}${behind}`;
}

/** The palette of one stream; what it paints is for `shown`. */
export function colours(enabled: boolean): Colours {
  const paint = enabled ? painter : () => plain;
  const underline = paint('underline');
  const info = paint('info');
  return {
    enabled,
    error: paint('error'),
    warning: paint('warning'),
    good: paint('good'),
    info,
    dim: paint('dim'),
    strong: paint('strong'),
    url: (text) => underline(info(text)),
  };
}

/**
 * Text as a stream gets it: what our palette painted as escape sequences, everything else printable.
 *
 * @param enabled Does the stream get colours?
 * @param lines `many`: line ends in the text are ours and stay; `one`: it is one line, whatever is in it.
 */
export function shown(text: string, enabled: boolean, lines: 'one' | 'many'): string {
  const safe = lines === 'one' ? printable : printableLines;
  if (!enabled) return safe(text);
  const open: (typeof styles)[number][] = [];
  const parts = text.split(marks).map((part, at) => (at % 2 === 0 ? safe(part) : sequence(part, open)));
  return parts.join('') + open.map(({ end }) => sgr(end)).join('');
}

const sgr = (parameter: number): string => `\u001B[${parameter}m`;

/** What a mark stands for; an ended style gives way to the one around it that it had replaced. */
function sequence(mark: string, open: (typeof styles)[number][]): string {
  const offset = mark.charCodeAt(0) - firstMark;
  const style = styles[offset >> 1];
  if (style === undefined) return '';
  if (offset % 2 === 0) {
    open.push(style);
    return sgr(style.begin);
  }
  const at = open.lastIndexOf(style);
  if (at < 0) return '';
  open.splice(at, 1);
  const around = open.findLast(({ end }) => end === style.end);
  return sgr(around?.begin ?? style.end);
}
