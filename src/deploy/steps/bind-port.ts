import { addBinding, indexer, removeBinding } from '../../appcmd/index.js';
import type { DeployContext, DeployPlan, DeployStep } from '../types.js';
import { findSite, formatAll, runAll, runOne } from './run-appcmd.js';

interface Seen {
  /** `http/*:80:` */
  readonly bindings: readonly string[];
}

/** Only this machine reaches the embedded IIS unless somebody changes the binding. */
const informationFor = (port: number): string => `127.0.0.1:${port}:`;

const wanted = ({ port }: DeployPlan, { bindings }: Seen): boolean =>
  port === undefined ||
  bindings.some((binding) => {
    const [, address = '', at = '', host = ''] = /^http\/(.*?):(\d+):(.*)$/i.exec(binding) ?? [];
    return Number(at) === port && host === '' && ['*', '127.0.0.1', ''].includes(address);
  });

/** The first http binding is turned into ours, in place: its neighbours and its layout stay. */
const firstHttp = ({ bindings }: Seen): string | undefined =>
  bindings.find((binding) => /^http\//i.test(binding))?.slice('http/'.length);

/** Turns one http binding of a site into another; without `from` it is added, without `to` removed. */
export function changeBinding(site: string, { from, to }: { readonly from?: string; readonly to?: string }): string[] {
  if (from === undefined) return addBinding(site, to ?? '');
  if (to === undefined) return removeBinding(site, from);
  const binding = indexer({ protocol: 'http', bindingInformation: from });
  return ['set', 'site', site, `/bindings.${binding}.bindingInformation:${to}`];
}

/** What has to become of the site's bindings (`http/*:80:`); undefined: they are as wanted. */
export function bindingChange(
  plan: DeployPlan,
  bindings: readonly string[],
): { readonly from?: string; readonly to: string } | undefined {
  if (plan.port === undefined || wanted(plan, { bindings })) return undefined;
  const from = firstHttp({ bindings });
  return { ...(from === undefined ? {} : { from }), to: informationFor(plan.port) };
}

export const bindingsOf = async (context: DeployContext, plan: DeployPlan): Promise<readonly string[]> =>
  ((await findSite(context, plan))?.get('bindings') ?? '').split(',').filter((binding) => binding !== '');

function commands(plan: DeployPlan, { bindings }: Seen): string[][] {
  const change = bindingChange(plan, bindings);
  return change === undefined ? [] : [changeBinding(plan.siteName, change)];
}

const look = async (context: DeployContext, plan: DeployPlan): Promise<Seen> => ({
  bindings: plan.port === undefined ? [] : await bindingsOf(context, plan),
});

/** The embedded target's port. On IIS the site's bindings are the administrator's. */
export const bindPort: DeployStep<Seen> = {
  id: 'bind-port',
  title: 'Bind the site to the port',
  note: (_context, plan) => (plan.port === undefined ? 'the site keeps its bindings' : undefined),
  look,
  say: (context, plan, seen) => formatAll(context, commands(plan, seen)),
  do: (context, plan, seen) => runAll(context, commands(plan, seen)),
  async undo(context, plan, seen) {
    const change = bindingChange(plan, seen.bindings);
    if (change === undefined || !wanted(plan, await look(context, plan))) return; // never happened
    const { from, to } = change;
    await runOne(context, changeBinding(plan.siteName, { from: to, ...(from === undefined ? {} : { to: from }) }));
  },
};
