import { readAllowWords } from './words.js';
import type { Written } from './written.js';

const comment = /^(.*?)(\/\/|\/\*+|<!--|#|(?<=^\s*)\*)\s*iisnode-sock:[ \t]*(.*)$/i;
const closer = /\s*(?:\*\/|-->)/;
const onlyComment = /^\s*(?:\/\/|\/\*|\*|<!--|#|\{\s*\/\*)/;
/** Before a comment that is alone in its line, in JSX and in templates. */
const noCode = /^\s*(?:\{|<%[=-]?)?\s*$/;

/** Comments in a source of any language that the doctor reads: each is about its own line, or about the next line of code if it is alone. */
export function allowancesInSource(file: string, text: string): readonly Written[] {
  const lines = text.split(/\r\n|\r|\n/);
  return lines.flatMap((line, index): readonly Written[] => {
    if (!line.toLowerCase().includes('iisnode-sock:')) return [];
    const [, before = '', opener = '', rest = ''] = comment.exec(line) ?? [];
    if (opener === '') return [];
    const [said = '', after = ''] = rest.split(closer, 2);
    const isAlone = noCode.test(before) && /^[\s}%>]*$/.test(after);
    const end = isAlone ? lastLineOf(lines, index, opener) : index;
    const words = readAllowWords(isAlone ? joined(lines, index, end, said) : said);
    if (words === undefined) return [];
    const to = isAlone ? nextCode(lines, end) : index;
    const place = { file, line: index + 1, column: before.length + 1 };
    return [{ ...place, words, lines: { from: index + 1, to: to + 1 }, isWide: false }];
  });
}

/** The last line of a comment: of a block, or of the lines with `//` below it that go on with its sentence. */
function lastLineOf(lines: readonly string[], start: number, opener: string): number {
  const isLine = opener === '//' || opener === '#';
  const isInside = (line: string): boolean =>
    isLine ? line.trimStart().startsWith(opener) && !/iisnode-sock:/i.test(line) : true;
  let at = start;
  if (isLine) while (isInside(lines[at + 1] ?? '')) at += 1;
  else while (at + 1 < lines.length && !closer.test((lines[at] ?? '').replace(/^.*?(?:\/\*|<!--)/, ''))) at += 1;
  return at;
}

/** The words of a comment of several lines. */
function joined(lines: readonly string[], start: number, end: number, said: string): string {
  const others = lines.slice(start + 1, Math.min(end + 1, start + 6));
  const text = (line: string): string => (line.split(closer, 1)[0] ?? '').replace(/^\s*(?:\/\/+|\*+|#+)?\s*/, '');
  const next = others.findIndex((line) => /iisnode-sock:/i.test(line));
  return [said, ...others.slice(0, next < 0 ? undefined : next).map(text)].join(' ');
}

/** The next line that is neither empty nor a comment alone. */
function nextCode(lines: readonly string[], end: number): number {
  let at = end + 1;
  while (at < lines.length && ((lines[at] ?? '').trim() === '' || onlyComment.test(lines[at] ?? ''))) at += 1;
  return Math.min(at, lines.length - 1);
}
