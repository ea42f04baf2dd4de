import type { Appcmd } from '../../appcmd/index.js';
import { UserError } from '../../errors.js';
import type { Home } from '../../host/index.js';
import type { DeployPlan } from '../plan.js';
import type { Reporter } from '../reporter.js';
import type { DeployContext } from '../step.js';
import type { DeployOptions } from '../types.js';
import { localAddress, siteUrl } from './site-url.js';

/** A target that can be read and changed. */
export interface OpenTarget {
  readonly context: DeployContext;
  /** The folder of deploy's state. */
  readonly home: Home;
  /** The port of the site's binding, where the target chooses it; `reporter` is informed about changes that were not requested. */
  choosePort(options: DeployOptions, plan: DeployPlan, reporter: Reporter): Promise<number | undefined>;
}

/** A target whose sites keep their bindings: deploy chooses no port for them. `refuse` says what else it cannot have. */
export const keepingBindings = (
  context: DeployContext,
  home: Home,
  refuse: (plan: DeployPlan) => void = () => undefined,
): OpenTarget => ({
  context,
  home,
  async choosePort(options, plan) {
    refusePort(options);
    refuseWithoutBinding(plan);
    refuse(plan);
    return undefined;
  },
});

/** Its apps are asked at the first binding of their site. */
export const atSiteUrl = (appcmd: Appcmd) =>
  ({
    idle: undefined,
    url: (plan: DeployPlan) => siteUrl({ appcmd }, plan, 'localhost'),
    address: (plan: DeployPlan) => localAddress({ appcmd }, plan),
  }) as const;

/** Where deploy does not set bindings, a given port is not ignored silently. @throws UserError PORT_NOT_OURS. */
export function refusePort({ port, newSite }: Pick<DeployOptions, 'port' | 'newSite'>): void {
  if (port === undefined || newSite !== undefined) return;
  throw new UserError('PORT_NOT_OURS', {
    what: '--port is for the embedded IIS and for a new site',
    why: 'on IIS the bindings of an existing site are set by its administrator',
    next: "omit --port, create a separate site for the app with --new-site, or add a binding: appcmd set site NAME /+bindings.[protocol='http',bindingInformation='*:PORT:']",
  });
}

/** IIS would create a site without a binding, which cannot be reached. @throws UserError NEW_SITE_WITHOUT_BINDING. */
export function refuseWithoutBinding({ newSite }: Pick<DeployPlan, 'newSite'>): void {
  if (newSite === undefined || newSite.bindings.length > 0) return;
  throw new UserError('NEW_SITE_WITHOUT_BINDING', {
    what: `the new site "${newSite.name}" needs a binding`,
    why: 'A binding sets the port and the host name of the site.',
    next: 'for example: --port 8090, or --binding http://chat.example.com',
    again: { with: ['--port', '8090'] },
  });
}
