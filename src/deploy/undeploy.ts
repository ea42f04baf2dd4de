import path from 'node:path';
import { deleteApp, deletePool, listApps, listPools, setApp, setVdirPath } from '../appcmd/index.js';
import { UserError } from '../errors.js';
import { openHome } from '../host/index.js';
import { normalisePath } from './plan-deploy.js';
import { fileRecords } from './records.js';
import { findApp, findSite, listEntries, runOne, same } from './steps/acting.js';
import { chooseTarget, defaultTarget } from './targets/choose-target.js';
import type { DeploymentRecord, DeployPlan, UndeployOptions, UndeployResult } from './types.js';

/**
 * Takes an app away again: the application (a site's root gets its former folder and pool back), its pool when deploy
 * made it and nobody else uses it, and the background host when deploy started it and no app is left. Sections stay
 * unlocked, rights stay granted and files stay: others may count on them. Nothing there: done.
 * @throws UserError when appcmd refuses, or when what is meant is not clear.
 */
export async function undeploy(options: UndeployOptions = {}): Promise<UndeployResult> {
  const environment = options.environment ?? process.env;
  const record = await recordFor(options, environment);
  const to = options.to ?? record?.target ?? (options.appcmd === undefined ? defaultTarget(environment) : 'iis');
  const target = chooseTarget({ ...options, to }, new AbortController().signal);
  const { context } = target;
  const said: string[] = [];
  const commands: string[] = [];
  const run = async (args: readonly string[], accepted: readonly number[] = []): Promise<void> => {
    commands.push(context.appcmd.format(args));
    await runOne(context, args, accepted);
  };
  const site = options.site ?? record?.site ?? 'Default Web Site';
  const given = options.path ?? record?.path;
  const done = (vdirPath: string): UndeployResult => ({
    target: target.name,
    site,
    path: vdirPath,
    changed: commands.length > 0,
    commands,
    said,
  });
  if (given === undefined) {
    said.push(`nothing is deployed from ${path.resolve(options.directory ?? '.')}`);
    return done('');
  }
  const vdirPath = normalisePath(given);
  const plan: DeployPlan = {
    directory: record?.directory ?? '',
    siteName: site,
    vdirPath,
    poolName: record?.pool ?? '',
    entry: '',
    sections: [],
    port: undefined,
  };
  const app = (await findSite(context, plan)) === undefined ? undefined : await findApp(context, plan);
  const former = record?.former;
  if (app === undefined) said.push(`no application ${vdirPath} in "${site}": nothing to remove`);
  else if (vdirPath === '/') {
    if (former === undefined) throw rootWithoutRecord(site);
    await run(setVdirPath(site, '/', '/', former.physicalPath));
    await run(setApp(site, '/', { applicationPool: former.pool, preloadEnabled: former.preloadEnabled }));
    said.push(`"${site}" has its former folder back: ${former.physicalPath}`);
  } else {
    await run(deleteApp(site, vdirPath), [50, 1168]);
    said.push(`removed the application ${vdirPath} of "${site}"; its files stay`);
  }
  if (record?.poolCreated === true) {
    if (await poolIsFree(context, record.pool)) {
      await run(deletePool(record.pool), [1168]);
      said.push(`removed the application pool "${record.pool}"`);
    } else if (await poolExists(context, record.pool)) {
      said.push(`kept the application pool "${record.pool}": other applications use it`);
    }
  }
  if (record !== undefined) await context.records?.remove(record.target, record.site, record.path);
  await stopHost(context, record, said, commands);
  return done(vdirPath);
}

type Context = ReturnType<typeof chooseTarget>['context'];

async function poolExists(context: Context, pool: string): Promise<boolean> {
  return (await listEntries(context, listPools())).some((entry) => same(entry.name, pool));
}

async function poolIsFree(context: Context, pool: string): Promise<boolean> {
  if (!(await poolExists(context, pool))) return false;
  const apps = await listEntries(context, listApps());
  return !apps.some((app) => same(app.get('APPPOOL.NAME'), pool));
}

/** The host serves until the last app that was deployed to it is gone. */
async function stopHost(
  context: Context,
  record: DeploymentRecord | undefined,
  said: string[],
  commands: string[],
): Promise<void> {
  if (context.host === undefined || !(await context.host.running())) return;
  const left = (await context.records?.all())?.filter(({ target }) => target === context.target) ?? [];
  if (left.length > 0) {
    // Whoever is last stops what the first one started.
    if (record?.hostStarted === true && !left.some(({ hostStarted }) => hostStarted)) {
      const [heir] = left;
      if (heir !== undefined) await context.records?.save({ ...heir, hostStarted: true });
    }
    said.push(`the embedded IIS goes on: ${left.length} other ${left.length === 1 ? 'app is' : 'apps are'} deployed`);
    return;
  }
  if (record?.hostStarted !== true) return;
  await context.host.stop();
  commands.push('(stop the background host of the embedded IIS)');
  said.push('stopped the embedded IIS');
}

/** By site and path when they are given, else by the folder; by the only record there is when nothing is. */
async function recordFor(
  options: UndeployOptions,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<DeploymentRecord | undefined> {
  const records = await fileRecords(openHome(environment).directory).all();
  const fitting = records.filter(
    (record) =>
      (options.to === undefined || record.target === options.to) &&
      (options.site === undefined || same(record.site, options.site)) &&
      (options.path === undefined || same(record.path, normalisePath(options.path))) &&
      // A folder counts only when nothing names the application itself.
      (options.path !== undefined || path.resolve(record.directory) === path.resolve(options.directory ?? '.')),
  );
  if (fitting.length <= 1) return fitting[0];
  throw new UserError('UNDEPLOY_AMBIGUOUS', {
    what: 'this app is deployed more than once',
    why: fitting.map((record) => `${record.path} of "${record.site}" (${record.target})`).join(', '),
    next: 'say which with --site and --path',
  });
}

const rootWithoutRecord = (site: string): UserError =>
  new UserError('ROOT_NOT_OURS', {
    what: `the root of "${site}" was not deployed by iisnode-sock`,
    why: 'a site cannot be without its root application, and what it had before is not known',
    next: 'set its folder by hand: appcmd set vdir "Site/" /physicalPath:FOLDER',
    exit: 'refused',
  });
