import { type AppcmdResult, appcmdExit, appcmdFailure, appName, listConfig, listSites } from '../../appcmd/index.js';
import type { DeployPlan } from '../plan.js';
import type { DeployContext } from '../step.js';
import { findSite, listEntries } from './run-appcmd.js';

/** The paths at which to query a section, in this order, until appcmd answers. */
async function pathsToAsk(context: DeployContext, plan: DeployPlan): Promise<readonly string[]> {
  // Some versions may refuse a path that is not an application yet: the state of the site is then the same.
  const own = [appName(plan.siteName, plan.vdirPath).replace(/\/$/, ''), plan.siteName];
  if (plan.newSite === undefined || (await findSite(context, plan)) !== undefined) return own;
  // A dry run: the new site will inherit the same as another one.
  const [other] = await listEntries(context, listSites());
  return other === undefined ? own : [other.name];
}

const isAnswer = ({ exitCode }: AppcmdResult): boolean =>
  exitCode === appcmdExit.done || exitCode === appcmdExit.locked;

/**
 * What appcmd lists of a section where the app is; exit 33 for one that is locked above; undefined where it does not list it.
 * @throws UserError NOT_ELEVATED.
 */
export async function sectionWhereAppIs(
  context: DeployContext,
  plan: DeployPlan,
  section: string,
): Promise<AppcmdResult | undefined> {
  for (const path of await pathsToAsk(context, plan)) {
    const result = await context.appcmd.run(listConfig(section, path));
    if (isAnswer(result)) return result;
    if (result.exitCode === appcmdExit.accessDenied) {
      throw appcmdFailure(context.appcmd.format(listConfig(section, path)), result);
    }
  }
  return undefined;
}

/** Does a product on the server declare the section? A web.config that cannot be read does not count: the server itself is asked then. */
export async function isDeclared(context: DeployContext, plan: DeployPlan, section: string): Promise<boolean> {
  if ((await sectionWhereAppIs(context, plan, section)) !== undefined) return true;
  return isAnswer(await context.appcmd.run(listConfig(section)));
}
