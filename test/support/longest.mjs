import path from 'node:path';

/**
 * The tests that took longest, a line each: seconds, lane, file, name; the longest first.
 *
 * @param {{ lane: string, report: { testResults: { name: string, assertionResults: { fullName: string, duration?: number | null }[] }[] } }[]} reports
 *   What vitest's JSON reporter wrote, durations in ms.
 * @param {number} count How many lines there are at the most.
 * @param {string} root The folder that the file names are shown from.
 * @returns {string[]}
 */
export function longest(reports, count, root) {
  return reports
    .flatMap(({ lane, report }) =>
      report.testResults.flatMap(({ name, assertionResults }) =>
        assertionResults.map(({ fullName, duration }) => ({
          lane,
          file: path.relative(root, name).replaceAll(path.sep, '/'),
          fullName,
          ms: duration ?? 0, // What was skipped has none.
        })),
      ),
    )
    .sort((a, b) => b.ms - a.ms)
    .slice(0, count)
    .map(({ lane, file, fullName, ms }) => `${(ms / 1000).toFixed(1).padStart(6)} s  ${lane}  ${file}  ${fullName}`);
}
