import type { Colours } from '../terminal/index.js';

/** A unified diff, its added and removed lines coloured; ends with a newline. The CR of CRLF line ends is removed. */
export function renderDiff(diff: string, colours: Colours): string {
  const lines = diff
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => {
      if (line.startsWith('+++') || line.startsWith('---')) return colours.strong(line);
      if (line.startsWith('@@')) return colours.info(line);
      if (line.startsWith('+')) return colours.good(line);
      return line.startsWith('-') ? colours.error(line) : line;
    });
  return `${lines.join('\n')}\n`;
}
