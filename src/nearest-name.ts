/** Wrong, missing, added and swapped letters between two words (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const now = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      now[column] = Math.min(
        (last[column] ?? 0) + 1,
        (now[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    before = last;
    last = now;
  }
  return last[b.length] ?? 0;
}

/** A part of a name counts as similar. */
const distanceOf = (short: string, candidate: string): number =>
  candidate.includes(short) && short.length > 3 && candidate !== short ? 1 : editDistance(short, candidate);

/** The name that was most likely meant, ignoring case; undefined when none is similar. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const short = name.slice(0, 100).toLowerCase();
  const [best] = names
    .map((candidate) => ({
      candidate,
      far: distanceOf(short, candidate.toLowerCase()),
      // A first letter is rarely mistyped.
      beginsElse: candidate[0]?.toLowerCase() === short[0] ? 0 : 1,
    }))
    .sort((a, b) => a.far - b.far || a.beginsElse - b.beginsElse);
  return best && best.far <= Math.max(2, Math.floor(short.length / 3)) ? best.candidate : undefined;
}

/** `Did you mean redis? `, to stand before the list of the names; empty when none is similar. */
export function didYouMean(name: string, names: readonly string[]): string {
  const near = nearestName(name, names);
  return near === undefined ? '' : `Did you mean ${near}? `;
}
