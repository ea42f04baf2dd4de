import path from 'node:path';
import { deleteApp, deletePool, setApp, setVdirPath } from '../appcmd/index.js';
import { UserError } from '../errors.js';
import { openHome, requireHome } from '../host/index.js';
import { lenientVdirPathOf } from '../webconfig/index.js';
import { bequeathPool, poolUse } from './former-pool.js';
import { fileRecords } from './records.js';
import { aloneWithServer } from './server-lock.js';
import { findApp, findSite, runOne, same } from './steps/acting.js';
import { bindingsOf, changeBinding } from './steps/bind-port.js';
import { chooseTarget, defaultTarget } from './targets/choose-target.js';
import type { DeploymentRecord, DeployPlan, UndeployOptions, UndeployResult } from './types.js';

/**
 * Takes an app away again: the application (a site's root, or one that was there before, gets its former folder and pool back), its pool when deploy
 * made it and nobody else uses it, and the background host when deploy started it and no app is left; the site gets its
 * former binding back when its last app goes. Sections stay unlocked, rights stay granted and files stay: others may count on them. Nothing there: done.
 * @throws UserError when appcmd refuses, or when what is meant is not clear.
 */
export async function undeploy(options: UndeployOptions = {}): Promise<UndeployResult> {
  const environment = options.environment ?? process.env;
  const home = openHome(environment);
  requireHome(home);
  const { signal = new AbortController().signal, onWait = () => undefined } = options;
  const command = `undeploy ${options.path ?? path.resolve(options.directory ?? '.')}`;
  return aloneWithServer(home, { command, signal, onWait }, () => undeployAlone(options, environment));
}

async function undeployAlone(
  options: UndeployOptions,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<UndeployResult> {
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
  const vdirPath = options.path === undefined ? record?.path : lenientVdirPathOf(options.path);
  const done = (vdirPath: string): UndeployResult => ({
    target: target.name,
    site,
    path: vdirPath,
    changed: commands.length > 0,
    commands,
    said,
  });
  if (vdirPath === undefined) {
    said.push(await nothingFrom(path.resolve(options.directory ?? '.'), environment));
    return done('');
  }
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
  else if (vdirPath === '/' || former !== undefined) {
    if (former === undefined) throw rootWithoutRecord(site);
    await run(setVdirPath(site, vdirPath, '/', former.physicalPath));
    await run(setApp(site, vdirPath, { applicationPool: former.pool, preloadEnabled: former.preloadEnabled }));
    said.push(
      `${vdirPath === '/' ? '' : `${vdirPath} of `}"${site}" has its former folder back: ${former.physicalPath}`,
    );
  } else {
    await run(deleteApp(site, vdirPath), [50, 1168]);
    said.push(`removed the application ${vdirPath} of "${site}"; its files stay`);
  }
  const use = record?.poolCreated === true ? await poolUse(context, record.pool) : 'none';
  if (record !== undefined) {
    if (use === 'free') {
      await run(deletePool(record.pool), [1168]);
      said.push(`removed the application pool "${record.pool}"`);
    } else if (use === 'used') {
      said.push(`kept the application pool "${record.pool}": other applications use it`);
    }
  }
  if (record !== undefined) {
    await context.records?.remove(record.target, record.site, record.path);
    if (use === 'used') await bequeathPool(context, record);
  }
  await stopHost(context, record, said, commands);
  await giveBindingBack(context, plan, record?.formerBinding, { run, said });
  return done(vdirPath);
}

/** To the site, when no other app that was deployed to it is left; until then the others remember it. */
async function giveBindingBack(
  context: Context,
  plan: DeployPlan,
  former: DeploymentRecord['formerBinding'],
  { run, said }: { readonly run: (args: readonly string[]) => Promise<void>; readonly said: string[] },
): Promise<void> {
  if (former === undefined || former.from === former.to) return;
  // Somebody has changed it since: then it is theirs.
  if (!(await bindingsOf(context, plan)).includes(`http/${former.to}`)) return;
  const records = (await context.records?.all()) ?? [];
  const left = records.filter(({ target, site }) => target === context.target && same(site, plan.siteName));
  for (const record of left) await context.records?.save({ ...record, formerBinding: former });
  if (left.length > 0) return;
  const { from, to } = former;
  await run(changeBinding(plan.siteName, { from: to, ...(from === undefined ? {} : { to: from }) }));
  said.push(`"${plan.siteName}" has its former binding back: ${from ?? 'none'}`);
}

/** A folder that had to give way to another one is told which. */
async function nothingFrom(
  directory: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const records = await fileRecords(openHome(environment).directory).all();
  const heir = records.find(({ displaced }) => displaced?.some((one) => path.resolve(one) === directory));
  return `nothing is deployed from ${directory}${
    heir === undefined
      ? ''
      : `: ${heir.path} of "${heir.site}" is ${heir.directory} now (iisnode-sock undeploy ${heir.directory} removes it)`
  }`;
}

type Context = ReturnType<typeof chooseTarget>['context'];

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
      (options.path === undefined || same(record.path, lenientVdirPathOf(options.path))) &&
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
