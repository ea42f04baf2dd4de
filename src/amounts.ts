/** `1 request`, `2 requests`; a plural of another form is given. */
export const plural = (count: number, word: string, words = `${word}s`): string =>
  `${count} ${count === 1 ? word : words}`;

/** `512 B`, `1.5 kB`. */
export const size = (bytes: number): string => (bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} kB`);

/** `a, b and 3 more`: the first names of a list. @param most How many are named. */
export function someOf(names: readonly string[], most: number, separator = ', '): string {
  const others = names.length - most;
  const named = names.slice(0, most).join(separator);
  return others > 0 ? `${named} and ${others} more` : named;
}

const spans = [
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1_000, 'second'],
] as const;

/** `29 hours`, `20 minutes`, `90 seconds`: a time in ms, in the largest unit that leaves no rest. */
export function span(ms: number): string {
  const [unit, word] = spans.find(([each]) => ms >= each && ms % each === 0) ?? [1_000, 'second'];
  return plural(Math.round(ms / unit), word);
}
