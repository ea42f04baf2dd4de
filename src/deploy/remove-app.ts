import { deleteApp, deletePool, listSites, setApp, setVdirPath } from '../appcmd/index.js';
import { UserError } from '../errors.js';
import { bequeathPool, poolUse } from './former-pool.js';
import { bindingsOf, changeBinding } from './steps/bind-port.js';
import { findApp, findSite, listEntries, runOne, type SeenApp, same } from './steps/run-appcmd.js';
import type { DeployTarget } from './targets/target.js';
import type { DeployContext, DeploymentRecord, DeployPlan, UndeployResult } from './types.js';

/** The application to remove. */
export interface RemovableApp {
  readonly site: string;
  readonly vdirPath: string;
  /** What deploy remembers of it. */
  readonly record: DeploymentRecord | undefined;
  /** A person named the site: it has to be there. */
  readonly siteNamed: boolean;
}

/** Removes an application and all that deploying it made. @throws UserError. */
export async function removeApp(target: DeployTarget, app: RemovableApp): Promise<UndeployResult> {
  const removal = new Removal(target.context, app);
  await removal.run();
  const { commands, said } = removal;
  return { target: target.name, site: app.site, path: app.vdirPath, changed: commands.length > 0, commands, said };
}

class Removal {
  readonly said: string[] = [];
  readonly commands: string[] = [];
  readonly #context: DeployContext;
  readonly #app: RemovableApp;
  readonly #plan: DeployPlan;

  constructor(context: DeployContext, app: RemovableApp) {
    this.#context = context;
    this.#app = app;
    this.#plan = {
      directory: app.record?.directory ?? '',
      siteName: app.site,
      vdirPath: app.vdirPath,
      poolName: app.record?.pool ?? '',
      entry: '',
      sections: [],
      port: undefined,
    };
  }

  async run(): Promise<void> {
    const { record } = this.#app;
    await this.#requireReadable();
    const found = await this.#find();
    const removed = await this.#removeApplication(found);
    const use = record?.poolCreated === true ? await poolUse(this.#context, record.pool) : 'none';
    if (record !== undefined) {
      await this.#removePool(record, use);
      await this.#context.records?.remove(record.target, record.site, record.path);
      if (use === 'used') await bequeathPool(this.#context, record);
    }
    await this.#stopHost(removed);
    await this.#giveBindingBack(record?.formerBinding);
  }

  async #do(args: readonly string[], accepted: readonly number[] = []): Promise<void> {
    this.commands.push(this.#context.appcmd.format(args));
    await runOne(this.#context, args, accepted);
  }

  /** Where the configuration cannot be read, the embedded IIS can at least be stopped: every answer of it is 500.19. */
  async #requireReadable(): Promise<void> {
    try {
      await listEntries(this.#context, listSites());
    } catch (problem) {
      if (!(problem instanceof UserError) || this.#context.host === undefined) throw problem;
      const stopped = await this.#context.host.stop();
      throw new UserError(problem.code, {
        what: `${this.#app.vdirPath} of "${this.#app.site}" cannot be removed${stopped ? '; the embedded IIS was stopped' : ''}`,
        why: `${problem.what}: ${problem.why}`,
        next: problem.next,
        exit: 'refused',
        cause: problem,
      });
    }
  }

  async #find(): Promise<SeenApp | undefined> {
    const { site, vdirPath, siteNamed } = this.#app;
    const there = await findSite(this.#context, this.#plan);
    if (there !== undefined) {
      const app = await findApp(this.#context, this.#plan);
      if (app === undefined) this.said.push(`no application ${vdirPath} in "${site}": nothing to remove`);
      return app;
    }
    if (siteNamed && this.#app.record === undefined) {
      throw new UserError('SITE_NOT_FOUND', {
        what: `there is no site "${site}"`,
        why: 'So there is no application in it.',
        next: 'look at the sites with: appcmd list site, or iisnode-sock status',
      });
    }
    this.said.push(`there is no site "${site}" any more: nothing to remove`);
    return undefined;
  }

  /** True when something of it was there that deploy had put there. */
  async #removeApplication(found: SeenApp | undefined): Promise<boolean> {
    const { site, vdirPath, record } = this.#app;
    const former = record?.former;
    if (found === undefined) return false;
    if (former !== undefined) {
      await this.#do(setVdirPath(site, vdirPath, '/', former.physicalPath));
      await this.#do(setApp(site, vdirPath, { applicationPool: former.pool, preloadEnabled: former.preloadEnabled }));
      const place = vdirPath === '/' ? '' : `${vdirPath} of `;
      this.said.push(`${place}"${site}" has its former folder back: ${former.physicalPath}`);
      return true;
    }
    if (vdirPath === '/') {
      // A site cannot be without its root application, and what it had before deploying is not known.
      const folder = found.physicalPath ?? 'none';
      this.said.push(
        record === undefined
          ? `the root of "${site}" was not deployed by iisnode-sock, and stays: its folder is ${folder}`
          : `the root of "${site}" keeps its folder, which it had before it was deployed: ${folder}`,
      );
      return record !== undefined;
    }
    await this.#do(deleteApp(site, vdirPath), [50, 1168]);
    this.said.push(`removed the application ${vdirPath} of "${site}"; its files stay`);
    return true;
  }

  async #removePool(record: DeploymentRecord, use: Awaited<ReturnType<typeof poolUse>>): Promise<void> {
    if (use === 'free') {
      await this.#do(deletePool(record.pool), [1168]);
      this.said.push(`removed the application pool "${record.pool}"`);
    } else if (use === 'used') {
      this.said.push(`kept the application pool "${record.pool}": other applications use it`);
    }
  }

  /** The host serves until the last app that was deployed to it is gone. */
  async #stopHost(removed: boolean): Promise<void> {
    const { host, records, target } = this.#context;
    const { record } = this.#app;
    if (host === undefined) return;
    const left = (await records?.all())?.filter((one) => one.target === target) ?? [];
    if (left.length === 0) {
      // Without a record nobody knows who started it; nobody else starts it than deploy.
      if (record?.hostStarted !== true && !(record === undefined && removed)) return;
      if (!(await host.stop())) return;
      this.commands.push('(stop the background host of the embedded IIS)');
      this.said.push('stopped the embedded IIS');
      return;
    }
    if (!(await host.running())) return;
    // The last one stops what the first one started.
    const [heir] = left;
    if (record?.hostStarted === true && heir !== undefined && !left.some(({ hostStarted }) => hostStarted)) {
      await records?.save({ ...heir, hostStarted: true });
    }
    this.said.push(
      `the embedded IIS goes on: ${left.length} other ${left.length === 1 ? 'app is' : 'apps are'} deployed`,
    );
  }

  /** To the site, when no other app that was deployed to it is left; until then the others remember it. */
  async #giveBindingBack(former: DeploymentRecord['formerBinding']): Promise<void> {
    const { site } = this.#app;
    const { records, target } = this.#context;
    if (former === undefined || former.from === former.to) return;
    // Somebody has changed it since: then it is theirs.
    if (!(await bindingsOf(this.#context, this.#plan)).includes(`http/${former.to}`)) return;
    const left = ((await records?.all()) ?? []).filter((one) => one.target === target && same(one.site, site));
    for (const record of left) await records?.save({ ...record, formerBinding: former });
    if (left.length > 0) return;
    const { from, to } = former;
    await this.#do(changeBinding(site, { from: to, ...(from === undefined ? {} : { to: from }) }));
    this.said.push(`"${site}" has its former binding back: ${from ?? 'none'}`);
  }
}
