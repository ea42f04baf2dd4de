import { otherRecords } from '../records.js';
import type { DeployContext, DeployStep, Removal } from '../step.js';
import { same } from './run-appcmd.js';

/**
 * The background host takes long to start, so its process starts while the configuration is being written; it
 * is ended with the deployment if `start-host` does not need it. Undeploy stops the host here, after the application and its pool.
 */
export const prepareHost: DeployStep<undefined> = {
  id: 'prepare-host',
  title: ({ target: { host } }) => `Prepare ${host?.name ?? 'the embedded IIS'}`,
  look: async () => undefined,
  say: () => [],
  needed: ({ target }) => target.host !== undefined,
  mentioned: () => false,
  do: async ({ target }) => target.host?.prepare?.(),
  undo: 'changes-nothing',
  remember: async ({ target: { host } }, { siteName }, earlier) => ({
    hostStarted: (host !== undefined && !(await host.running(siteName))) || earlier?.hostStarted === true,
  }),
  remove: stopUnneededHost,
};

/** The host runs until the last deployed app is removed, of its site where each has one. */
async function stopUnneededHost({ target, records }: DeployContext, removal: Removal): Promise<void> {
  const { host, name } = target;
  const { record } = removal;
  if (host === undefined) return;
  const others = await otherRecords(records, { target: name, site: removal.siteName, path: removal.vdirPath });
  const left = host.isPerSite === true ? others.filter(({ site }) => same(site, removal.siteName)) : others;
  if (left.length === 0) {
    // Without a record: only deploy can have started it.
    if (record?.hostStarted !== true && !(record === undefined && removal.changed)) return;
    if (!(await host.stop(removal.siteName))) return;
    removal.did(host.isPerSite === true ? host.stopCommand : '(stop the background host of the embedded IIS)');
    removal.say(`stopped ${host.name}`);
    return;
  }
  if (!(await host.running(removal.siteName))) return;
  // The last one stops what the first one started.
  const [nextRecord] = left;
  if (record?.hostStarted === true && nextRecord !== undefined && !left.some(({ hostStarted }) => hostStarted)) {
    await records?.save({ ...nextRecord, hostStarted: true });
  }
  removal.say(`${host.name} keeps running: ${left.length} other ${left.length === 1 ? 'app is' : 'apps are'} deployed`);
}
