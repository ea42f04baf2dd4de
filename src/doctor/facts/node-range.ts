/** Versions from which require() loads ES modules without a flag: 20.19 in its line, 22.12 in its own, all from 23 on. */
const lastMinor: Readonly<Record<number, number>> = { 20: 18, 22: 11 };

/** The highest major and minor a part of a range allows; Infinity where it is open above. */
function highest(part: string): { major: number; minor: number } {
  const upper = /<=?\s*v?(\d+)(?:\.(\d+))?/.exec(part);
  if (upper) {
    const inclusive = upper[0].startsWith('<=');
    const major = Number(upper[1]);
    const minor = upper[2] === undefined ? 0 : Number(upper[2]);
    if (inclusive) return { major, minor: upper[2] === undefined ? Number.POSITIVE_INFINITY : minor };
    return minor > 0 ? { major, minor: minor - 1 } : { major: major - 1, minor: Number.POSITIVE_INFINITY };
  }
  if (/>/.test(part)) return { major: Number.POSITIVE_INFINITY, minor: 0 };
  const exact = /(?:-\s+|^\s*)([\^~=v\s]*)(\d+)(?:\.(\d+|x|\*))?/i.exec(part);
  if (!exact) return { major: Number.POSITIVE_INFINITY, minor: 0 };
  const open = exact[1]?.includes('^') || exact[3] === undefined || /x|\*/i.test(exact[3]);
  return { major: Number(exact[2]), minor: open ? Number.POSITIVE_INFINITY : Number(exact[3]) };
}

/** Does engines.node leave no version that can require() an ES module? False when nothing is said. */
export function excludesRequireEsm(range: string | undefined): boolean {
  if (range === undefined || range.trim() === '') return false;
  return range.split('||').every((part) => {
    const { major, minor } = highest(part);
    if (major < 20 || major === 21) return true;
    const limit = lastMinor[major];
    return limit !== undefined && minor <= limit;
  });
}
