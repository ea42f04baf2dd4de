import { UserError } from '../errors.js';
import { iisnodeSock } from '../typed-command.js';
import type { AppPlace, DeploymentRecord } from './plan.js';
import { rehearsing } from './rehearsal.js';
import type { DeployContext, Removal } from './step.js';
import { steps } from './steps/index.js';
import { findSite, runOne } from './steps/run-appcmd.js';
import type { UndeployResult } from './types.js';

/** The application to remove. */
export interface RemovableApp extends AppPlace {
  /** deploy's record of it. */
  readonly record: DeploymentRecord | undefined;
  /** The user named the site: it must exist. */
  readonly siteNamed: boolean;
}

/**
 * Removes an application and everything that its deployment created: the steps remove it, in reverse order.
 * @param dryRun The result tells what would be removed; nothing is changed.
 * @param onChange Called before each change.
 * @throws UserError.
 */
export async function removeApp(
  server: DeployContext,
  app: RemovableApp,
  dryRun = false,
  onChange: () => void = () => undefined,
): Promise<UndeployResult> {
  const context = dryRun ? rehearsing(server) : server;
  await requireReadable(context, app, dryRun);
  const commands: string[] = [];
  const said: string[] = [];
  const removal: Removal = {
    siteName: app.siteName,
    vdirPath: app.vdirPath,
    record: app.record,
    dryRun,
    get changed() {
      return commands.length > 0;
    },
    async appcmd(args, accepted) {
      commands.push(context.appcmd.format(args));
      onChange();
      await runOne(context, args, accepted);
    },
    did: (what) => {
      commands.push(what);
      onChange();
    },
    say: (sentence) => void said.push(sentence),
  };
  for (const { remove } of [...steps].reverse()) {
    if (typeof remove === 'function') await remove(context, removal);
  }
  return {
    target: context.target.name,
    site: app.siteName,
    path: app.vdirPath,
    changed: removal.changed,
    commands,
    said,
    ...(dryRun && { dryRun }),
  };
}

/** Where the configuration cannot be read, its host can at least be stopped: all its answers are 500.19. */
async function requireReadable(context: DeployContext, app: RemovableApp, dryRun: boolean): Promise<void> {
  const { siteName, vdirPath, record, siteNamed } = app;
  try {
    const site = await findSite(context, app);
    if (!siteNamed || record !== undefined || site !== undefined) return;
  } catch (problem) {
    const { host } = context.target;
    if (!(problem instanceof UserError) || host === undefined || dryRun) throw problem;
    const stopped = await host.stop(siteName);
    throw new UserError(problem.code, {
      what: `${vdirPath} of "${siteName}" cannot be removed${stopped ? `; ${host.name} was stopped` : ''}`,
      why: `${problem.what}: ${problem.why}`,
      next: problem.next,
      exit: 'refused',
      cause: problem,
    });
  }
  throw new UserError('SITE_NOT_FOUND', {
    what: `there is no site "${siteName}"`,
    why: 'The application to remove would be in that site.',
    next: `list the sites with: appcmd list site, or ${iisnodeSock} status`,
  });
}
