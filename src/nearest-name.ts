/** The number of letters to change, add or remove to turn one word into another (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** A part of a name counts as similar. */
const distanceOf = (short: string, candidate: string): number =>
  candidate.includes(short) && short.length > 3 && candidate !== short ? 1 : distance(short, candidate);

/** The name that was most likely meant, ignoring case; undefined when none is similar. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const short = name.slice(0, 100).toLowerCase();
  const [best] = names
    .map((candidate) => ({
      candidate,
      far: distanceOf(short, candidate.toLowerCase()),
    }))
    .sort((a, b) => a.far - b.far);
  return best && best.far <= Math.max(2, Math.floor(short.length / 3)) ? best.candidate : undefined;
}

/** `Did you mean redis? `, to stand before the list of the names; empty when none is similar. */
export function didYouMean(name: string, names: readonly string[]): string {
  const near = nearestName(name, names);
  return near === undefined ? '' : `Did you mean ${near}? `;
}
