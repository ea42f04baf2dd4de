import kleur from 'kleur';
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

/** kleur's styles, by what they mean here. */
const paints = {
  error: kleur.red,
  warning: kleur.yellow,
  good: kleur.green,
  info: kleur.cyan,
  dim: kleur.gray,
  strong: kleur.bold,
  underline: kleur.underline,
} as const;

type StyleName = keyof typeof paints;

interface Style {
  readonly name: StyleName;
  /** The escape sequences that begin and end it. */
  readonly begin: string;
  readonly end: string;
}

kleur.enabled = true; // it looks at stdout only; we decide for each stream
const styles = Object.entries(paints).map(([name, paint]): Style => {
  const [begin = '', end = ''] = paint('|').split('|');
  return { name: name as StyleName, begin, end };
});

/**
 * Painted text holds no escape sequence but marks: two of the code points that Unicode leaves to each program's own use (U+FDD0 to
 * U+FDEF, noncharacters), one where the style begins and one where it ends. `shown` makes sequences of them when the text is
 * written, so that every ESC in a text is somebody else's and is escaped. A mark in an app's output could colour its line, no more.
 */
const firstMark = 0xfdd0;
const marks = /([\uFDD0-\uFDDD])/;

function painter(style: StyleName): Paint {
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
  const open: Style[] = [];
  const parts = text.split(marks).map((part, at) => (at % 2 === 0 ? safe(part) : sequence(part, open)));
  return parts.join('') + open.map(({ end }) => end).join('');
}

/** What a mark stands for; an ended style gives way to the one around it that it had replaced. */
function sequence(mark: string, open: Style[]): string {
  const offset = mark.charCodeAt(0) - firstMark;
  const style = styles[offset >> 1];
  if (style === undefined) return '';
  if (offset % 2 === 0) {
    open.push(style);
    return style.begin;
  }
  const at = open.lastIndexOf(style);
  if (at < 0) return '';
  open.splice(at, 1);
  const around = open.findLast(({ end }) => end === style.end);
  return around?.begin ?? style.end;
}
