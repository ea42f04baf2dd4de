import { UserError } from '../../errors.js';
import type { Reporter } from '../reporter.js';
import type { CheckResult, Obstacle, Preflight, PreflightCheck } from './check.js';
import { checks } from './list.js';

/** Asks all checks; it changes nothing. @throws UserError where the server cannot be asked. */
export async function runChecks(asked: Preflight, list: readonly PreflightCheck[] = checks): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const { id, title, look } of list) {
    asked.context.signal.throwIfAborted();
    const obstacle = await look(asked);
    if (obstacle === undefined) results.push({ id, title, state: 'ok' });
    else {
      const isPassedOver = obstacle.isForcible === true && asked.options.force === true;
      results.push({ id, title, state: isPassedOver ? 'passed over' : 'failed', obstacle });
    }
  }
  return results;
}

/**
 * Refuses before anything is changed, and reports all obstacles at once.
 * @throws UserError with the obstacle's own code, or PREFLIGHT_FAILED for several.
 */
export function refuseObstacles(results: readonly CheckResult[], reporter: Reporter): void {
  const obstacles = results.flatMap(({ state, obstacle }) => (state === 'failed' && obstacle ? [obstacle] : []));
  const [only] = obstacles;
  if (only === undefined) return;
  if (obstacles.length === 1) throw refusal(only.code, `${only.what}; nothing was changed`, only.why, only.next);
  for (const { id, title, state, obstacle } of results) {
    if (obstacle === undefined) continue;
    reporter.note({ id, title }, state === 'failed' ? 'failed' : 'looked', oneLine(obstacle));
  }
  const several = (part: (one: Obstacle) => string): string =>
    obstacles.map((one, index) => `(${index + 1}) ${part(one)}`).join(' ');
  const what = `the app cannot work on this server for ${obstacles.length} reasons; nothing was changed`;
  throw refusal(
    'PREFLIGHT_FAILED',
    what,
    several(({ what: reason }) => `${reason}.`),
    several(({ next }) => `${next}.`),
  );
}

const oneLine = ({ what, why }: Obstacle): string => `${what}: ${why}`;

const refusal = (code: string, what: string, why: string, next: string): UserError =>
  new UserError(code, { what, why, next, exit: 'refused' });
