import { addBinding, addSite, deleteSite, listApps, removeBinding } from '../../appcmd/index.js';
import type { Argument } from '../../quoting.js';
import { bindingText } from '../new-site.js';
import type { DeployPlan } from '../plan.js';
import { sitePart } from '../script/site-part.js';
import type { DeployContext, DeployStep, Removal } from '../step.js';
import { findSite, formatAll, listEntries, runAll, runOne, same } from './run-appcmd.js';

interface SeenSite {
  /** `http/*:80:`, lower case; undefined: the site does not exist. */
  readonly bindings: readonly string[] | undefined;
}

/** The bindings for appcmd. A site of the embedded IIS can be reached only from this machine; there `port` is the chosen one. */
const bindingsOfNewSite = ({ newSite, port }: DeployPlan): readonly string[] =>
  port === undefined ? (newSite?.bindings.map(bindingText) ?? []) : [`http/127.0.0.1:${port}:`];

const missingBindings = (plan: DeployPlan, { bindings = [] }: SeenSite): readonly string[] =>
  bindingsOfNewSite(plan).filter((binding) => !bindings.includes(binding.toLowerCase()));

/** `https` and `*:443:chat.example.com` of `https/*:443:chat.example.com`. */
const partsOf = (binding: string): readonly [protocol: string, information: string] => {
  const slash = binding.indexOf('/');
  return [binding.slice(0, slash), binding.slice(slash + 1)];
};

function siteCommands({ target }: DeployContext, plan: DeployPlan, seen: SeenSite): Argument[][] {
  if (plan.newSite === undefined) return [];
  const { siteName: name } = plan;
  const missing = missingBindings(plan, seen);
  if (seen.bindings !== undefined) {
    return missing.map((binding) => addBinding(name, partsOf(binding)[1], partsOf(binding)[0]));
  }
  // With its folder, so that the site always has a root application.
  return [addSite({ name, bindings: missing.join(','), physicalPath: target.serverPath(plan, plan.directory) })];
}

async function lookAtSite(context: DeployContext, plan: DeployPlan): Promise<SeenSite> {
  if (plan.newSite === undefined) return { bindings: undefined };
  const site = await findSite(context, plan);
  const bindings = site?.get('bindings')?.toLowerCase().split(',').filter(Boolean);
  return { bindings: site === undefined ? undefined : (bindings ?? []) };
}

/** The app's own site, if one is requested. */
export const createSite: DeployStep<SeenSite> = {
  id: 'create-site',
  title: 'Create the site',
  mentioned: (_context, plan) => plan.newSite !== undefined,
  look: lookAtSite,
  say: (context, plan, seen) => formatAll(context, siteCommands(context, plan, seen)),
  do: (context, plan, seen) => runAll(context, siteCommands(context, plan, seen)),
  async undo(context, plan, seen) {
    const now = await lookAtSite(context, plan);
    if (now.bindings === undefined) return;
    if (seen.bindings === undefined) {
      await runOne(context, deleteSite(plan.siteName), [1168]);
      return;
    }
    const added = now.bindings.filter((binding) => !seen.bindings?.includes(binding));
    for (const binding of added) {
      const [protocol, information] = partsOf(binding);
      await runOne(context, removeBinding(plan.siteName, information, protocol));
    }
  },
  script: sitePart,
  remember: async (context, plan, earlier) => {
    const isCreated = plan.newSite !== undefined && (await findSite(context, plan)) === undefined;
    return isCreated || earlier?.siteCreated === true ? { siteCreated: true } : {};
  },
  remove: removeSite,
};

/** A site that deploy created is removed with its app, unless it has other applications. */
async function removeSite(context: DeployContext, removal: Removal): Promise<void> {
  const { siteName: site, record } = removal;
  if (record?.siteCreated !== true || (await findSite(context, removal)) === undefined) return;
  const apps = await listEntries(context, listApps(site));
  const others = apps.flatMap((app) => {
    const at = app.get('path') ?? '/';
    return at === '/' || !same(app.get('SITE.NAME'), site) ? [] : [at];
  });
  if (others.length > 0) {
    removal.say(
      `the site "${site}" stays, and its root keeps its folder: it has other applications (${others.join(', ')})`,
    );
    return;
  }
  await removal.appcmd(deleteSite(site), [1168]);
  removal.say(`removed the site "${site}"; the app's files stay`);
}
