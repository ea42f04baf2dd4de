import { readAllowWords } from './words.js';
import type { Written } from './written.js';

const comment = /^(.*?)(\/\/|\/\*+|<!--|#|(?<=^\s*)\*)\s*iisnode-sock:[ \t]*(.*)$/i;
const closer = /\*\/|-->/;
const onlyComment = /^\s*(?:\/\/|\/\*|\*|<!--|#|\{\s*\/\*)/;
/** Before a comment that is alone in its line, in JSX and in templates. */
const noCode = /^\s*(?:\{|<%[=-]?)?\s*$/;

/** Comments in a source of any language that the doctor reads: each is about its own line, or about the next line of code if it is alone. */
export function allowancesInSource(file: string, text: string): readonly Written[] {
  const lines = text.split(/\r\n|\r|\n/);
  const { lastLineOf, nextCode } = linesBelow(lines);
  return lines.flatMap((line, index): readonly Written[] => {
    if (!line.toLowerCase().includes('iisnode-sock:')) return [];
    const [, before = '', opener = '', rest = ''] = comment.exec(line) ?? [];
    if (opener === '') return [];
    const [said = '', after = ''] = rest.split(closer, 2).map((part) => part.trimEnd());
    const isAlone = noCode.test(before) && /^[\s}%>]*$/.test(after);
    const end = isAlone ? lastLineOf(index, opener) : index;
    const words = readAllowWords(isAlone ? joined(lines, index, end, said) : said);
    if (words === undefined) return [];
    const to = isAlone ? nextCode(end) : index;
    const place = { file, line: index + 1, column: before.length + 1 };
    return [{ ...place, words, lines: { from: index + 1, to: to + 1 }, isWide: false }];
  });
}

interface LinesBelow {
  /** The last line of a comment: of a block, or of the lines with `//` below it that go on with its sentence. */
  lastLineOf(start: number, opener: string): number;
  /** The next line that is neither empty nor a comment alone. */
  nextCode(end: number): number;
}

/** Each line is read once for all comments above it: thousands of them may stand one below the other. */
function linesBelow(lines: readonly string[]): LinesBelow {
  const last = lines.length - 1;
  const isCode = (line: string): boolean => line.trim() !== '' && !onlyComment.test(line);
  const closes = (line: string): boolean => closer.test(line.replace(/^.*?(?:\/\*|<!--)/, ''));
  const codes = nearestBelow(lines, isCode);
  const closers = nearestBelow(lines, closes);
  return {
    lastLineOf: (start, opener) => {
      if (opener !== '//' && opener !== '#') return closers()[start] ?? last;
      const isInside = (line: string): boolean => line.trimStart().startsWith(opener) && !/iisnode-sock:/i.test(line);
      let at = start;
      while (isInside(lines[at + 1] ?? '')) at += 1;
      return at;
    },
    nextCode: (end) => codes()[end + 1] ?? last,
  };
}

/** For each line the index of the nearest from there on for which something holds; the last line's where there is none. */
function nearestBelow(lines: readonly string[], holds: (line: string) => boolean): () => readonly number[] {
  let known: number[] | undefined;
  return () => {
    if (known) return known;
    let nearest = lines.length - 1;
    known = lines.map(() => nearest);
    for (let at = lines.length - 1; at >= 0; at--) {
      if (holds(lines[at] ?? '')) nearest = at;
      known[at] = nearest;
    }
    return known;
  };
}

/** The words of a comment of several lines. */
function joined(lines: readonly string[], start: number, end: number, said: string): string {
  const others = lines.slice(start + 1, Math.min(end + 1, start + 6));
  const text = (line: string): string =>
    (line.split(closer, 1)[0] ?? '').trimEnd().replace(/^\s*(?:\/\/+|\*+|#+)?\s*/, '');
  const next = others.findIndex((line) => /iisnode-sock:/i.test(line));
  return [said, ...others.slice(0, next < 0 ? undefined : next).map(text)].join(' ');
}
