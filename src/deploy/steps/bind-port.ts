import { addBinding, indexer, removeBinding } from '../../appcmd/index.js';
import type { DeployContext, DeployPlan, DeployStep } from '../types.js';
import { findSite, formatAll, runAll, runOne } from './acting.js';

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

const changeBinding = (site: string, from: string, to: string): string[] => [
  'set',
  'site',
  site,
  `/bindings.${indexer({ protocol: 'http', bindingInformation: from })}.bindingInformation:${to}`,
];

function commands(plan: DeployPlan, seen: Seen): string[][] {
  if (plan.port === undefined || wanted(plan, seen)) return [];
  const from = firstHttp(seen);
  const to = informationFor(plan.port);
  return [from === undefined ? addBinding(plan.siteName, to) : changeBinding(plan.siteName, from, to)];
}

const look = async (context: DeployContext, plan: DeployPlan): Promise<Seen> => {
  if (plan.port === undefined) return { bindings: [] };
  const site = await findSite(context, plan);
  return { bindings: (site?.get('bindings') ?? '').split(',').filter((binding) => binding !== '') };
};

/** The embedded target's port. On IIS the site's bindings are the administrator's. */
export const bindPort: DeployStep<Seen> = {
  id: 'bind-port',
  title: 'Bind the site to the port',
  note: (_context, plan) => (plan.port === undefined ? 'the site keeps its bindings' : undefined),
  look,
  say: (context, plan, seen) => formatAll(context, commands(plan, seen)),
  do: (context, plan, seen) => runAll(context, commands(plan, seen)),
  async undo(context, plan, seen) {
    if (plan.port === undefined || wanted(plan, seen)) return;
    if (!wanted(plan, await look(context, plan))) return; // never happened
    const from = firstHttp(seen);
    const to = informationFor(plan.port);
    await runOne(
      context,
      from === undefined ? removeBinding(plan.siteName, to) : changeBinding(plan.siteName, to, from),
    );
  },
};
