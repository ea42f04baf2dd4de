import path from 'node:path';
import { addApp, addVdir, appName, deleteApp, deleteVdir, setApp, setVdirPath } from '../../appcmd/index.js';
import { isBelow } from '../../files/index.js';
import type { Argument } from '../../quoting.js';
import { type DeploymentRecord, type DeployPlan, type FormerApplication, sourceOf } from '../plan.js';
import { samePath } from '../same-path.js';
import { applicationPart } from '../script/application-part.js';
import type { DeployContext, DeployStep, Removal } from '../step.js';
import { isSwitch } from './copy-release.js';
import {
  findApp,
  findSite,
  formatAll,
  requireReadableFolder,
  restoreProperties,
  runAll,
  runOne,
  type SeenApp,
  same,
} from './run-appcmd.js';

interface SeenApplication {
  readonly app: SeenApp | undefined;
}

function applicationCommands(context: DeployContext, plan: DeployPlan, { app }: SeenApplication): Argument[][] {
  const { target } = context;
  const { siteName: site, vdirPath, poolName: pool } = plan;
  const physicalPath = target.serverPath(plan, plan.directory);
  // A new site already has its root application; in a dry run it does not exist yet.
  if (app === undefined && plan.newSite !== undefined) return [setApp(site, vdirPath, { applicationPool: pool })];
  if (app === undefined) return [addApp({ site, path: vdirPath, physicalPath, pool })];
  const vdir =
    app.physicalPath === undefined
      ? [addVdir({ site, app: vdirPath, path: '/', physicalPath })]
      : samePath(app.physicalPath, plan.directory) || isSwitch(context, plan)
        ? []
        : [setVdirPath(site, vdirPath, '/', physicalPath)];
  return [...vdir, ...(same(app.pool, pool) ? [] : [setApp(site, vdirPath, { applicationPool: pool })])];
}

/** The application at the vdir path; for `/` the site's root application gets our folder and pool. */
export const createApplication: DeployStep<SeenApplication> = {
  id: 'create-application',
  title: 'Set up the application',
  look: async (context, plan) => ({ app: await findApp(context, plan) }),
  say: (context, plan, seen) => formatAll(context, applicationCommands(context, plan, seen)),
  do: (context, plan, seen) => runAll(context, applicationCommands(context, plan, seen)),
  async undo(context, plan, { app }) {
    const now = await findApp(context, plan);
    const { siteName: site, vdirPath } = plan;
    if (now === undefined) return;
    if (app === undefined) {
      if (plan.newSite !== undefined) return; // it is removed with the site
      await runOne(context, deleteApp(site, vdirPath), [50, 1168]); // already removed is fine
      return;
    }
    if (app.physicalPath === undefined && now.physicalPath !== undefined) {
      await runOne(context, deleteVdir(site, vdirPath, '/'));
    } else if (app.physicalPath !== undefined && now.physicalPath !== app.physicalPath) {
      await runOne(context, setVdirPath(site, vdirPath, '/', app.physicalPath));
    }
    if (now.pool !== app.pool || now.ownPool !== app.ownPool) {
      const former = { applicationPool: app.ownPool ? app.pool : undefined };
      await restoreProperties(context, ['set', 'app', appName(site, vdirPath)], former, { applicationPool: app.pool });
    }
  },
  script: applicationPart,
  remember: async (context, plan, earlier) => {
    const app = await findApp(context, plan);
    const folder = app?.physicalPath;
    // What deploy itself has set is known.
    const isReplaced =
      folder !== undefined && ![plan.directory, earlier?.directory].some((own) => samePath(own, folder));
    if (isReplaced && context.target.kind === 'iis') await requireReadableFolder(context, plan, folder);
    const former = earlier?.former ?? formerApplication(plan, earlier, app);
    return former === undefined ? {} : { former };
  },
  remove: removeApplication,
};

/**
 * What undeploy restores: a site's root is never removed, nor an application that deploy did not create. A folder that deploy itself
 * had set before is not restored.
 */
function formerApplication(
  plan: DeployPlan,
  earlier: DeploymentRecord | undefined,
  app: SeenApp | undefined,
): DeploymentRecord['former'] {
  if (earlier !== undefined && plan.vdirPath !== '/') return undefined;
  if (app === undefined || plan.newSite !== undefined) return undefined;
  const { physicalPath, pool, ownPool, preloadEnabled } = app;
  if (physicalPath !== undefined && isOwnFolder(physicalPath, plan, earlier)) return undefined;
  const inherits = [
    ...(ownPool ? [] : (['applicationPool'] as const)),
    ...(preloadEnabled === undefined ? (['preloadEnabled'] as const) : []),
  ];
  return {
    ...(physicalPath !== undefined && { physicalPath }),
    pool,
    preloadEnabled: same(preloadEnabled, 'true'),
    ...(inherits.length > 0 && { inherits }),
  };
}

/** Deploy itself has set it: the app's folder, where deploy has a record of it, or one of its releases. */
function isOwnFolder(folder: string, plan: DeployPlan, earlier: DeploymentRecord | undefined): boolean {
  const base = earlier?.releases?.base ?? plan.release?.base;
  const isRelease = base !== undefined && path.isAbsolute(folder) && isBelow(base, folder);
  const isOfApp = [plan.directory, sourceOf(plan)].some((own) => samePath(own, folder));
  return isRelease || (earlier !== undefined && isOfApp);
}

async function removeApplication(context: DeployContext, removal: Removal): Promise<void> {
  const { siteName: site, vdirPath, record } = removal;
  if (record?.siteCreated === true) return; // it is removed with the site
  if ((await findSite(context, removal)) === undefined) {
    removal.say(`the site "${site}" no longer exists: nothing to remove`);
    return;
  }
  const app = await findApp(context, removal);
  if (app === undefined) {
    removal.say(`no application ${vdirPath} in "${site}": nothing to remove`);
  } else if (record?.former !== undefined) {
    await giveFormerBack(context, removal, record.former, app);
  } else if (vdirPath !== '/') {
    await removal.appcmd(deleteApp(site, vdirPath), [50, 1168]);
    // What came from another machine has no files but its releases.
    const stay = record !== undefined && record.directory === record.releases?.base ? '' : '; its files stay';
    removal.say(`removed the application ${vdirPath} of "${site}"${stay}`);
  } else {
    // A site needs its root application, and its state before the deployment is unknown.
    const folder = app.physicalPath ?? 'none';
    removal.say(
      record === undefined
        ? `the root of "${site}" was not deployed by iisnode-sock, and stays: its folder is ${folder}`
        : `the root of "${site}" keeps the folder that it had before the deployment: ${folder}`,
    );
  }
}

async function giveFormerBack(
  context: DeployContext,
  removal: Removal,
  former: FormerApplication,
  app: SeenApp,
): Promise<void> {
  const { siteName: site, vdirPath } = removal;
  const { physicalPath, pool, preloadEnabled, inherits = [] } = former;
  const isSame = samePath(app.physicalPath, physicalPath);
  if (physicalPath !== undefined && !isSame) await removal.appcmd(setVdirPath(site, vdirPath, '/', physicalPath));
  if (physicalPath === undefined && !isSame) await removal.appcmd(deleteVdir(site, vdirPath, '/'), [50, 1168]);
  const values = { applicationPool: pool, preloadEnabled: String(preloadEnabled) };
  const own = {
    applicationPool: inherits.includes('applicationPool') ? undefined : values.applicationPool,
    preloadEnabled: inherits.includes('preloadEnabled') ? undefined : values.preloadEnabled,
  };
  const ran = await restoreProperties(context, ['set', 'app', appName(site, vdirPath)], own, values);
  for (const args of ran) removal.did(context.appcmd.format(args));
  const place = vdirPath === '/' ? `"${site}"` : `${vdirPath} of "${site}"`;
  removal.say(
    isSame
      ? `${place} stays, and keeps the folder that it had before the deployment: ${physicalPath ?? 'none'}`
      : `${place} has its former folder again: ${physicalPath ?? 'none'}`,
  );
}
