import type { App } from '../../app/index.js';
import { UserError } from '../../errors.js';
import type { ServerSeen } from '../../server/index.js';
import type { DeployPlan } from '../plan.js';
import type { Reporter } from '../reporter.js';
import type { DeployContext } from '../step.js';
import { appErrors } from './app-errors.js';
import { appOnServer, checkedFor, isSameChecked } from './app-on-server.js';
import type { CheckResult, Obstacle, Preflight, PreflightCheck } from './check.js';
import { checks } from './list.js';

/** What the checks need to know; the server is looked at once, when the first check asks. */
export function preflightOf(
  context: DeployContext,
  plan: DeployPlan,
  app: App,
  { options, faults, copiedTo }: Pick<Preflight, 'options' | 'faults' | 'copiedTo'>,
): Preflight {
  let seen: Promise<ServerSeen | undefined> | undefined;
  const checked = () => checkedFor(context, plan, app, copiedTo);
  const look = async (): Promise<ServerSeen | undefined> => {
    const { target } = context;
    if (target.kind !== 'iis' || target.lookAt === undefined) return undefined;
    const record = await context.records?.find(target.name, plan.siteName, plan.vdirPath);
    // What has gone since is seen when the live app is checked, and undone: rights of the folder, node.exe, a service.
    const isTried = copiedTo !== undefined && options.verify !== false;
    const isKnown =
      options.check !== true &&
      record?.checked !== undefined &&
      isSameChecked(record.checked, await checked(), isTried);
    if (isKnown) return undefined; // it works there: seconds for nothing
    return (await target.lookAt(await appOnServer(context, plan, app, copiedTo))).seen;
  };
  return {
    context,
    plan,
    app,
    options,
    faults,
    copiedTo,
    checked,
    server() {
      seen ??= look();
      return seen;
    },
  };
}

/** Asks all checks that apply to the target; it changes nothing. @throws UserError where the server cannot be asked. */
export async function runChecks(asked: Preflight): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const { kind } = asked.context.target;
  for (const check of checks) {
    if (check.only === 'iis' ? kind !== 'iis' : !['iis', 'embedded', 'iisexpress'].includes(kind)) continue;
    asked.context.signal.throwIfAborted();
    results.push(resultOf(check, await check.look(asked), asked.options));
  }
  return results;
}

/** For a server that is not here: only the app can be checked. */
export async function checkAppAlone(
  asked: Pick<Preflight, 'app' | 'faults' | 'options'>,
): Promise<readonly CheckResult[]> {
  return [resultOf(appErrors, await appErrors.look(asked), asked.options)];
}

function resultOf(
  { id, title }: PreflightCheck,
  found: Obstacle | string | undefined,
  { force }: Preflight['options'],
): CheckResult {
  if (found === undefined) return { id, title, state: 'ok' };
  if (typeof found === 'string') return { id, title, state: 'not seen', note: found };
  const isPassedOver = found.isForcible === true && force === true;
  return { id, title, state: isPassedOver ? 'passed over' : 'failed', obstacle: found };
}

/**
 * Refuses before anything is changed, and reports all obstacles at once.
 * @throws UserError with the obstacle's own code, or PREFLIGHT_FAILED for several.
 */
export function refuseObstacles(results: readonly CheckResult[], reporter: Reporter): void {
  const obstacles = results.flatMap(({ state, obstacle }) => (state === 'failed' && obstacle ? [obstacle] : []));
  const [only] = obstacles;
  if (only === undefined) return;
  if (obstacles.length === 1) throw refusalOf(only);
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

/** The error of an obstacle: nothing was changed. */
export const refusalOf = ({ code, what, why, next }: Obstacle): UserError =>
  refusal(code, `${what}; nothing was changed`, why, next);

const oneLine = ({ what, why }: Obstacle): string => `${what}: ${why}`;

const refusal = (code: string, what: string, why: string, next: string): UserError =>
  new UserError(code, { what, why, next, exit: 'refused' });
