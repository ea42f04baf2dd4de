import { addApp, addVdir, appName, deleteApp, deleteVdir, setApp, setVdirPath } from '../../appcmd/index.js';
import type { DeployPlan, DeployStep } from '../types.js';
import { findApp, formatAll, restoreProperties, runAll, runOne, type SeenApp, same, samePath } from './run-appcmd.js';

interface Seen {
  readonly app: SeenApp | undefined;
}

function commands(plan: DeployPlan, { app }: Seen): string[][] {
  const { siteName: site, vdirPath: path, directory: physicalPath, poolName: pool } = plan;
  if (app === undefined) return [addApp({ site, path, physicalPath, pool })];
  const vdir =
    app.physicalPath === undefined
      ? [addVdir({ site, app: path, path: '/', physicalPath })]
      : samePath(app.physicalPath, physicalPath)
        ? []
        : [setVdirPath(site, path, '/', physicalPath)];
  return [...vdir, ...(same(app.pool, pool) ? [] : [setApp(site, path, { applicationPool: pool })])];
}

/** The application at the vdir path; for `/` the site's root application is given our folder and pool. */
export const createApplication: DeployStep<Seen> = {
  id: 'create-application',
  title: 'Set up the application',
  look: async (context, plan) => ({ app: await findApp(context, plan) }),
  say: (context, plan, seen) => formatAll(context, commands(plan, seen)),
  do: (context, plan, seen) => runAll(context, commands(plan, seen)),
  async undo(context, plan, { app }) {
    const now = await findApp(context, plan);
    const { siteName: site, vdirPath: path } = plan;
    if (now === undefined) return;
    if (app === undefined) {
      await runOne(context, deleteApp(site, path), [50, 1168]); // gone already is as good
      return;
    }
    if (app.physicalPath === undefined && now.physicalPath !== undefined) {
      await runOne(context, deleteVdir(site, path, '/'));
    } else if (app.physicalPath !== undefined && now.physicalPath !== app.physicalPath) {
      await runOne(context, setVdirPath(site, path, '/', app.physicalPath));
    }
    if (now.pool !== app.pool || now.ownPool !== app.ownPool) {
      const former = { applicationPool: app.ownPool ? app.pool : undefined };
      await restoreProperties(context, ['set', 'app', appName(site, path)], former, { applicationPool: app.pool });
    }
  },
};
