import { UserError } from '../../errors.js';
import type { DeployPlan } from '../plan.js';
import type { DeployStep } from '../step.js';
import type { HostControl } from '../target.js';

interface SeenHost {
  /** It runs, and knows the configuration as it is now. */
  readonly running: boolean;
  /** It runs, but must be started again. */
  readonly isOutdated: boolean;
  /** Why the running host does not listen for the site. */
  readonly obstacle: SiteObstacle;
}

type SiteObstacle = Awaited<ReturnType<HostControl['notBound']>>;

/** Starts the background host of the embedded target, or IIS Express. Windows starts IIS's own services. `do` throws UserError when the host does not listen for the site. */
export const startHost: DeployStep<SeenHost> = {
  id: 'start-host',
  title: ({ target: { host } }) => `Start ${host?.name ?? 'the embedded IIS'}`,
  note: ({ target }) => target.noHost,
  look: async ({ target: { host } }, { siteName }) => {
    const isStarted = host === undefined || (await host.running(siteName));
    const isOutdated = isStarted && (await host?.isCurrent?.(siteName)) === false;
    return { running: isStarted && !isOutdated, isOutdated, obstacle: await host?.notBound(siteName) };
  },
  say: ({ target: { host } }, _plan, { running }) => (running || host === undefined ? [] : [host.command]),
  needed: (_context, _plan, { running, obstacle }) => !running || obstacle !== undefined,
  async do({ target: { host } }, plan, { running }) {
    if (running) await host?.bind(plan.siteName);
    else await host?.start(plan.siteName);
    const obstacle = await host?.notBound(plan.siteName);
    if (obstacle !== undefined) throw notBound(plan, obstacle);
  },
  async undo({ target: { host } }, { siteName }, seen) {
    if (seen.running || host === undefined) return undefined;
    if (!seen.isOutdated) {
      if (await host.running(siteName)) await host.stop(siteName);
      return undefined;
    }
    // It ran before, and runs on; what else is undone it takes up at the end.
    const isRunning = await host.running(siteName);
    return { stays: `${host.name} was started again`, seen: { ...seen, running: isRunning, isOutdated: false } };
  },
  remove: { keeps: 'prepare-host stops it, after the application and its pool are removed' },
};

const notBound = ({ siteName }: DeployPlan, { code, why }: NonNullable<SiteObstacle>): UserError =>
  new UserError(code, {
    what: `the embedded IIS cannot start the site "${siteName}"`,
    why,
    next: 'end the program that has the port, or give the site another binding, then deploy again',
    exit: 'refused',
  });
