import type { Colours } from '../terminal/index.js';

/** A unified diff, its added and removed lines coloured. */
export function renderDiff(diff: string, colours: Colours): string {
  return diff
    .trimEnd()
    .split('\n')
    .map((line) => {
      if (line.startsWith('+++') || line.startsWith('---')) return colours.strong(line);
      if (line.startsWith('@@')) return colours.info(line);
      if (line.startsWith('+')) return colours.good(line);
      return line.startsWith('-') ? colours.error(line) : line;
    })
    .join('\n');
}
