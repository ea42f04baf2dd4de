import type Comparator from 'semver/classes/comparator.js';
import Range from 'semver/classes/range.js';

/** A prefix of a range, or another source of a package: `npm:name@^2`, `workspace:^4`, `github:a/b#v4.1.0`, `../a-4.1.0.tgz`. */
const before = [
  /^npm:(?:@[^/@]+\/)?[^@]+@/i,
  /^workspace:/i,
  /^[^#]*#(?:semver:)?/,
  /^.*[/-](?=\d+\.\d+\.\d+[^/]*\.tgz$)/,
];

/** A version or range in package.json; undefined for other values ('latest', a folder). */
export function rangeOf(text: string | undefined): Range | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const range = before.reduce((rest, pattern) => rest.replace(pattern, ''), text.trim()).replace(/\.tgz$/i, '');
  try {
    return new Range(range, { loose: true });
  } catch {
    return undefined; // a tag of npm, an address
  }
}

/** The highest major that a version or range allows: 4 for '^4.1.0', '4.x' and '2 || 4', undefined for 'latest', '*' and '>=2'. */
export function majorOf(version: string | undefined): number | undefined {
  const alternatives = rangeOf(version)?.set.map((each) => each.map(highestMajor)) ?? [];
  const majors = alternatives.map((bounds) => Math.min(...bounds));
  const highest = Math.max(...majors);
  return Number.isFinite(highest) ? highest : undefined;
}

/** The highest major that a comparator allows, such as 4 for `<5.0.0`; Infinity where there is no upper limit. */
function highestMajor({ operator, semver }: Comparator): number {
  // `*` has no version to compare.
  if (!/^<?=?$/.test(operator) || semver.major === undefined) return Number.POSITIVE_INFINITY;
  const isBelow = operator === '<' && semver.minor === 0 && semver.patch === 0;
  return isBelow ? semver.major - 1 : semver.major;
}
