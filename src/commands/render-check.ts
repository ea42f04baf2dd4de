import type { DeployCheck } from '../deploy/index.js';
import { exitCodes } from '../exit-codes.js';
import type { Terminal } from '../terminal/index.js';

/** `deploy --check`: every check with its result; the answer is no where one failed. */
export function renderCheck(terminal: Terminal, report: DeployCheck): number {
  const { out } = terminal;
  const marks = {
    ok: out.good('✔'),
    failed: out.error('✖'),
    'passed over': out.warning('!'),
    'not seen': out.dim('-'),
    advice: out.warning('!'),
  };
  for (const { title, state, note, obstacle } of report.checks) {
    terminal.print(`${marks[state]} ${title}${note === undefined ? '' : out.dim(`  ${note}`)}`);
    if (obstacle === undefined) continue;
    for (const line of [obstacle.what, obstacle.why, `next: ${obstacle.next}`]) terminal.print(`    ${line}`);
  }
  const failed = report.checks.filter(({ state }) => state === 'failed').length;
  const place = `${report.path} of "${report.site}"`;
  terminal.print(
    failed === 0
      ? `ready: it can be deployed to ${place}`
      : `not ready: ${failed} of ${report.checks.length} checks failed`,
  );
  terminal.document({ ...report });
  return failed === 0 ? exitCodes.done.code : exitCodes.refused.code;
}
