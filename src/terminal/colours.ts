import kleur from 'kleur';
import { printable, printableLines } from '../printable.js';

type Paint = (text: string) => string;

/** The colours by meaning. The text is complete without colours. */
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

/** Does a stream get colours? A non-empty NO_COLOR decides first (no-color.org), then FORCE_COLOR, then whether it is a terminal. */
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

/** kleur's styles, by their meaning here. */
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
  /** The escape sequences that begin and end the style. */
  readonly begin: string;
  readonly end: string;
}

kleur.enabled = true; // it looks at stdout only; we decide for each stream
const styles = Object.entries(paints).map(([name, paint]): Style => {
  const [begin = '', end = ''] = paint('|').split('|');
  return { name: name as StyleName, begin, end };
});

/**
 * Painted text contains marks instead of escape sequences: two noncharacters (U+FDD0 to U+FDEF, which Unicode reserves for internal
 * use), one where the style begins and one where it ends. `shown` replaces them by sequences when the text is written, so every
 * ESC in a text is foreign and is escaped. A mark in an app's output could only colour its line.
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
 * The text to write to a stream: our palette's marks become escape sequences, everything else becomes printable.
 *
 * @param enabled Does the stream get colours?
 * @param lines `many`: line ends in the text are ours and stay; `one`: line ends are escaped.
 */
export function shown(text: string, enabled: boolean, lines: 'one' | 'many'): string {
  const safe = lines === 'one' ? printable : printableLines;
  if (!enabled) return safe(text);
  const open: Style[] = [];
  const parts = text.split(marks).map((part, at) => (at % 2 === 0 ? safe(part) : sequence(part, open)));
  return parts.join('') + open.map(({ end }) => end).join('');
}

/** The sequence for a mark; the end of a style restores the style around it. */
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
