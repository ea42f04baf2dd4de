import { UserError } from '../../errors.js';
import type { DeployPlan } from '../plan.js';
import type { DeployStep } from '../step.js';
import type { HostControl } from '../target.js';

interface SeenHost {
  readonly running: boolean;
  /** Why the running host does not listen for the site. */
  readonly obstacle: SiteObstacle;
}

type SiteObstacle = Awaited<ReturnType<HostControl['notBound']>>;

/** Starts the background host of the embedded target. Windows starts IIS's own services. `do` throws UserError when the host does not listen for the site. */
export const startHost: DeployStep<SeenHost> = {
  id: 'start-host',
  title: 'Start the embedded IIS',
  note: ({ target }) => target.noHost,
  look: async ({ target: { host } }, { siteName }) => ({
    running: host === undefined || (await host.running()),
    obstacle: await host?.notBound(siteName),
  }),
  say: ({ target: { host } }, _plan, { running }) => (running || host === undefined ? [] : [host.command]),
  needed: (_context, _plan, { running, obstacle }) => !running || obstacle !== undefined,
  async do({ target: { host } }, plan, { running }) {
    if (running) await host?.bind(plan.siteName);
    else await host?.start();
    const obstacle = await host?.notBound(plan.siteName);
    if (obstacle !== undefined) throw notBound(plan, obstacle);
  },
  async undo({ target: { host } }, _plan, { running }) {
    if (!running && host !== undefined && (await host.running())) await host.stop();
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
