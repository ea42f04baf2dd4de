import { addBinding, indexer, removeBinding } from '../../appcmd/index.js';
import type { AppPlace, DeploymentRecord, DeployPlan } from '../plan.js';
import { otherRecords } from '../records.js';
import type { DeployContext, DeployStep, Removal } from '../step.js';
import { findSite, formatAll, runAll, runOne, same } from './run-appcmd.js';

interface SeenBindings {
  /** `http/*:80:` */
  readonly bindings: readonly string[];
}

/** One http binding changed into another; without `from` it is added, without `to` removed. */
interface BindingChange {
  readonly from?: string;
  readonly to?: string;
}

/** By default the embedded IIS can be reached only from this machine. */
const informationFor = (port: number): string => `127.0.0.1:${port}:`;

const isBound = ({ port }: DeployPlan, { bindings }: SeenBindings): boolean =>
  port === undefined ||
  bindings.some((binding) => {
    const [, address = '', at = '', host = ''] = /^http\/(.*?):(\d+):(.*)$/i.exec(binding) ?? [];
    return Number(at) === port && host === '' && ['*', '127.0.0.1', ''].includes(address);
  });

/** The first http binding is changed into ours, in place: its neighbours and its layout stay. */
const firstHttp = ({ bindings }: SeenBindings): string | undefined =>
  bindings.find((binding) => /^http\//i.test(binding))?.slice('http/'.length);

function changeBinding(site: string, { from, to }: BindingChange): string[] {
  if (from === undefined) return addBinding(site, to ?? '');
  if (to === undefined) return removeBinding(site, from);
  const binding = indexer({ protocol: 'http', bindingInformation: from });
  return ['set', 'site', site, `/bindings.${binding}.bindingInformation:${to}`];
}

const changedBack = ({ from, to }: BindingChange): BindingChange => ({
  ...(to !== undefined && { from: to }),
  ...(from !== undefined && { to: from }),
});

/** The change of the site's bindings; undefined: none is needed. */
function bindingChange(plan: DeployPlan, seen: SeenBindings): DeploymentRecord['formerBinding'] {
  if (plan.newSite !== undefined || plan.port === undefined || isBound(plan, seen)) return undefined;
  const from = firstHttp(seen);
  return { ...(from === undefined ? {} : { from }), to: informationFor(plan.port) };
}

async function bindingsOf(context: DeployContext, place: AppPlace): Promise<readonly string[]> {
  const site = await findSite(context, place);
  return (site?.get('bindings') ?? '').split(',').filter((binding) => binding !== '');
}

function bindingCommands(plan: DeployPlan, seen: SeenBindings): string[][] {
  const change = bindingChange(plan, seen);
  return change === undefined ? [] : [changeBinding(plan.siteName, change)];
}

const lookAtBindings = async (context: DeployContext, plan: DeployPlan): Promise<SeenBindings> => ({
  bindings: plan.port === undefined ? [] : await bindingsOf(context, plan),
});

/** The embedded target's port. On IIS the administrator sets the site's bindings. */
export const bindPort: DeployStep<SeenBindings> = {
  id: 'bind-port',
  title: 'Bind the site to the port',
  note: (_context, plan) => (plan.port === undefined ? 'the site keeps its bindings' : undefined),
  mentioned: (_context, plan) => plan.newSite === undefined,
  look: lookAtBindings,
  say: (context, plan, seen) => formatAll(context, bindingCommands(plan, seen)),
  do: (context, plan, seen) => runAll(context, bindingCommands(plan, seen)),
  async undo(context, plan, seen) {
    const change = bindingChange(plan, seen);
    if (change === undefined || !isBound(plan, await lookAtBindings(context, plan))) return; // it was not changed
    await runOne(context, changeBinding(plan.siteName, changedBack(change)));
  },
  remember: async (context, plan, earlier) => {
    const formerBinding = await formerBindingOf(context, plan, earlier);
    return formerBinding === undefined ? {} : { formerBinding };
  },
  remove: giveBindingBack,
};

/** The site's oldest known binding, from any deployment that changed it. */
async function formerBindingOf(
  context: DeployContext,
  plan: DeployPlan,
  earlier: DeploymentRecord | undefined,
): Promise<DeploymentRecord['formerBinding']> {
  if (plan.newSite !== undefined || plan.port === undefined) return earlier?.formerBinding;
  const change = bindingChange(plan, await lookAtBindings(context, plan));
  const others = (await context.records?.all()) ?? [];
  const known =
    earlier?.formerBinding ??
    others.find((one) => one.target === context.target.name && same(one.site, plan.siteName) && one.formerBinding)
      ?.formerBinding;
  return known === undefined ? change : { ...known, to: change?.to ?? known.to };
}

/** Restores the site's binding when no other deployed app is left; until then the other records keep it. */
async function giveBindingBack(context: DeployContext, removal: Removal): Promise<void> {
  const { siteName: site, record } = removal;
  const former = record?.formerBinding;
  if (record === undefined || former === undefined || former.from === former.to) return;
  // It was changed since: then it is kept.
  if (!(await bindingsOf(context, removal)).includes(`http/${former.to}`)) return;
  const left = (await otherRecords(context.records, record)).filter((one) => same(one.site, site));
  for (const other of left) await context.records?.save({ ...other, formerBinding: former });
  if (left.length > 0) return;
  await removal.appcmd(changeBinding(site, changedBack(former)));
  removal.say(`"${site}" has its former binding again: ${former.from ?? 'none'}`);
}
