import type { DeployPlan, SiteBinding } from '../plan.js';
import type { DeployContext } from '../step.js';
import { findSite } from '../steps/run-appcmd.js';

type Context = Pick<DeployContext, 'appcmd'>;

/** The bindings of http and https in appcmd's list of a site, `http/*:80:,https/*:443:chat.example.com`. */
export const bindingsIn = (list: string): readonly SiteBinding[] =>
  list.split(',').flatMap((binding) => {
    const [, protocol = '', address = '', port, host = ''] = /^(https?)\/(.*):(\d+):([^:]*)$/i.exec(binding) ?? [];
    if (port === undefined) return [];
    return [{ protocol: protocol.toLowerCase() === 'https' ? 'https' : 'http', address, port: Number(port), host }];
  });

/** The site's bindings, or those that a new one will have. */
export async function bindingsOfSite(context: Context, plan: DeployPlan): Promise<readonly SiteBinding[]> {
  const site = await findSite(context, plan);
  return site === undefined ? (plan.newSite?.bindings ?? []) : bindingsIn(site.get('bindings') ?? '');
}

const anywhere: SiteBinding = { protocol: 'http', address: '*', port: 80, host: '' };

/** The binding that a site is looked at by: its first one of http, else of https. */
export async function bindingToLookAt(context: Context, plan: DeployPlan): Promise<SiteBinding> {
  const bindings = await bindingsOfSite(context, plan);
  return bindings.find(({ protocol }) => protocol === 'http') ?? bindings[0] ?? anywhere;
}

const isAnyAddress = (address: string): boolean => ['*', '', '0.0.0.0', '[::]'].includes(address);
/** A name that the binding takes; for `*.example.com` (IIS 10) one of those below it. */
const nameFor = (host: string): string => host.replace(/^\*/, 'www');

/** @param thisMachine the name in the URL where the binding is for every address. */
export async function siteUrl(context: Context, plan: DeployPlan, thisMachine: string): Promise<string> {
  return bindingUrl(await bindingToLookAt(context, plan), plan.vdirPath, thisMachine);
}

/** The URL of a path at a binding; `thisMachine` is the name where the binding is for every address. */
export function bindingUrl(binding: SiteBinding, vdirPath: string, thisMachine: string): string {
  const { protocol, address, port, host } = binding;
  const name = host !== '' ? nameFor(host) : isAnyAddress(address) ? thisMachine : address;
  const isOrdinary = port === (protocol === 'http' ? 80 : 443);
  return `${protocol}://${name}${isOrdinary ? '' : `:${port}`}${vdirPath}`;
}

/** The server on this machine serves the name before DNS knows it, and when DNS names a proxy in front. */
export async function localAddress(context: Context, plan: DeployPlan): Promise<string | undefined> {
  const { address, host } = await bindingToLookAt(context, plan);
  if (address === '[::]') return '::1';
  if (host === '') return undefined;
  return isAnyAddress(address) ? '127.0.0.1' : address.replace(/^\[|\]$/g, '');
}
