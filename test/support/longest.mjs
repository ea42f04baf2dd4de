import path from 'node:path';

/**
 * The slowest tests, a line each: seconds, lane, file, name; the slowest first.
 *
 * @param {{ lane: string, report: { testResults: { name: string, assertionResults: { fullName: string, duration?: number | null }[] }[] } }[]} reports
 *   The output of vitest's JSON reporter, durations in ms.
 * @param {number} count The maximum number of lines.
 * @param {string} root File names are shown relative to this folder.
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
          ms: duration ?? 0, // Skipped tests have none.
        })),
      ),
    )
    .sort((a, b) => b.ms - a.ms)
    .slice(0, count)
    .map(({ lane, file, fullName, ms }) => `${(ms / 1000).toFixed(1).padStart(6)} s  ${lane}  ${file}  ${fullName}`);
}
