import path from 'node:path';
import { UserError } from '../errors.js';
import { isBelow } from '../files/index.js';
import { commandLine, quoteForShell } from '../quoting.js';
import { typedCommand } from '../typed-command.js';
import { sameFolder } from './same-path.js';
import type { DeployContext } from './step.js';
import { findApp } from './steps/run-appcmd.js';
import { isFileTarget } from './targets/file-target.js';
import type { DeploymentRecord, DeployOptions, DeployPlan } from './types.js';

/** The record is of the same app: it has the folder of the plan. */
export const isOfApp = (
  { directory, releases }: DeploymentRecord,
  plan: Pick<DeployPlan, 'directory'>,
  environment: DeployContext['environment'],
): boolean =>
  sameFolder(directory, plan.directory, environment) ||
  // What came from another machine has no folder but its release.
  (releases !== undefined && isBelow(releases.base, plan.directory));

/**
 * On IIS the root of a site that serves another folder is only replaced when that was asked for: by the site's name, or by force.
 * The site of the embedded IIS has an empty root for this purpose.
 * @throws UserError SITE_ROOT_IN_USE.
 */
export async function refuseOtherRoot(
  context: Pick<DeployContext, 'appcmd' | 'target' | 'records' | 'environment'>,
  plan: DeployPlan,
  { site, force, directory, to }: Pick<DeployOptions, 'site' | 'force' | 'directory' | 'to'>,
): Promise<void> {
  const isAsked = site !== undefined || force === true;
  if (plan.vdirPath !== '/' || plan.newSite !== undefined || isAsked || context.target.kind === 'embedded') return;
  const folder = (await findApp(context, plan))?.physicalPath;
  if (folder === undefined || sameFolder(folder, plan.directory, context.environment)) return;
  const record = await context.records?.find(context.target.name, plan.siteName, plan.vdirPath);
  const isOwn = record !== undefined && isOfApp(record, plan, context.environment);
  const base = isOwn ? record.releases?.base : undefined;
  if (base !== undefined && path.isAbsolute(folder) && isBelow(base, folder)) return; // a release of the app itself
  // Without it the command would deploy to the default server of this machine, in place of writing a script.
  const command = typedCommand(['deploy', directory, ...(isFileTarget(to) ? ['--to', to] : [])]);
  throw new UserError('SITE_ROOT_IN_USE', {
    what: `the root of the site "${plan.siteName}" is the folder ${folder}`,
    why: `The app is made for the root of a site. There it would replace what "${plan.siteName}" serves, and the site's other applications would inherit its web.config.`,
    next: `create a site for the app: ${command} --new-site NAME --binding http://HOST (or --port 8090 in place of --binding). To replace the root of a site, name it with ${commandLine('--site', [plan.siteName], quoteForShell)}, or use --force`,
    exit: 'refused',
  });
}
