import { isBelow } from '../files/index.js';
import { sameFolder } from './same-path.js';
import type { ServerObjects } from './server-objects.js';
import type { DeployedApp, EmbeddedStatus } from './status.js';
import { same } from './steps/run-appcmd.js';

type Objects = ServerObjects & { readonly deployed: readonly DeployedApp[] };

/** The part of the status that is about the app in a folder: what is deployed from it, and each `serve` that serves it. */
export function statusOfFolder(seen: EmbeddedStatus, directory: string): EmbeddedStatus {
  const isHere = (one: { readonly directory: string }): boolean => sameFolder(one.directory, directory);
  const own = objectsOf(seen, isHere);
  return {
    ...seen,
    ...own,
    processes: seen.processes.filter(({ app }) =>
      own.applications.some(({ physicalPath }) => isBelow(app, physicalPath) || sameFolder(app, physicalPath)),
    ),
    serving: seen.serving.filter(({ apps, command }) =>
      apps.length > 0 ? apps.some(isHere) : isHere({ directory: command.replace(/^serve /, '') }),
    ),
    iisExpress: seen.iisExpress.filter(isHere),
    iis: seen.iis && { ...seen.iis, ...objectsOf(seen.iis, isHere) },
  };
}

function objectsOf({ sites, applications, pools, deployed }: Objects, isHere: (one: DeployedApp) => boolean): Objects {
  const own = deployed.filter(isHere);
  const apps = applications.filter((app) => own.some((one) => same(one.site, app.site) && same(one.path, app.path)));
  return {
    sites: sites.filter(({ name }) => apps.some(({ site }) => same(site, name))),
    applications: apps,
    pools: pools.filter(({ name }) => apps.some(({ pool }) => same(pool, name))),
    deployed: own,
  };
}
