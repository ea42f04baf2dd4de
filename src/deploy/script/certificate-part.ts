import { indexer, setSite } from '../../appcmd/index.js';
import { endpointOf } from '../certificates.js';
import { bindingInformation } from '../new-site.js';
import type { DeployPlan, SiteBinding } from '../plan.js';
import {
  type ChangeItem,
  known,
  type Look,
  type PartOfScript,
  type ScriptCommand,
  unknown,
  type Variable,
} from './script-part.js';

/** The GUID of IIS itself: its manager shows and removes the certificates of this owner. */
const applicationId = '{4dc3e181-e14b-4a21-b022-59fc669b0914}';

/** HTTP.sys has the certificates, which appcmd cannot set (deploying.md 4): netsh does. */
export const certificateCommands = {
  show: (endpoint: string): string[] => ['http', 'show', 'sslcert', endpoint],
  add: (endpoint: string, thumbprint: string | undefined): string[] => [
    'http',
    'add',
    'sslcert',
    endpoint,
    `certhash=${thumbprint}`,
    `appid=${applicationId}`,
    'certstorename=MY',
  ],
  remove: (endpoint: string): string[] => ['http', 'delete', 'sslcert', endpoint],
};

export const httpsBindings = ({ newSite }: Pick<DeployPlan, 'newSite'>): readonly SiteBinding[] =>
  newSite?.bindings.filter(({ protocol }) => protocol === 'https') ?? [];

/** Without SNI, HTTP.sys ignores a host name before the request is decrypted (iis.md: sslFlags 1). */
export const sniCommand = (site: string, binding: SiteBinding): string[] => {
  const item = indexer({ protocol: 'https', bindingInformation: bindingInformation(binding) });
  return setSite(site, { [`bindings.${item}.sslFlags`]: 1 });
};

const netsh = (args: readonly string[], when: ScriptCommand['when'] = []): ScriptCommand => ({
  kind: 'run',
  program: 'netsh',
  args,
  when,
});

/** The certificate of the new site's https bindings. It belongs to HTTP.sys, not to the site. */
export const certificatePart: PartOfScript = (plan) => {
  const thumbprint = plan.newSite?.certificate;
  if (httpsBindings(plan).length === 0 || thumbprint === undefined) return undefined;
  const all = httpsBindings(plan).map((binding, index) => ({
    binding,
    endpoint: endpointOf(binding),
    any: `BEFORE_CERTIFICATE_${index + 1}`,
    right: `BEFORE_CERTIFICATE_${index + 1}_RIGHT`,
    now: `NOW_CERTIFICATE_${index + 1}`,
  })) as {
    binding: SiteBinding;
    endpoint: string;
    any: Variable;
    right: Variable;
    now: Variable;
  }[];
  const show = (endpoint: string, into: Variable): Look => ({
    kind: 'look',
    program: 'netsh',
    args: certificateCommands.show(endpoint),
    ends: { into, codes: [0] },
  });
  const removal: ChangeItem[] = all.flatMap(({ endpoint, any, now }) => [
    show(endpoint, now),
    netsh(certificateCommands.remove(endpoint), [unknown(any), known(now)]),
  ]);
  return {
    why: 'The certificate of the https bindings: without one, HTTP.sys closes the connections.',
    look: all.flatMap(({ endpoint, any, right }) => [
      { ...show(endpoint, any), mentions: [{ into: right, texts: [thumbprint] }] },
      {
        kind: 'refuse',
        text: `${endpoint} already has another certificate: netsh http show sslcert ${endpoint}`,
        when: [known(any), unknown(right)],
      },
    ]),
    change: all.flatMap(({ binding, endpoint, any }) => [
      ...(binding.host === ''
        ? []
        : [
            { kind: 'run', program: 'appcmd', args: sniCommand(plan.siteName, binding), when: [unknown(any)] } as const,
          ]),
      netsh(certificateCommands.add(endpoint, thumbprint), [unknown(any)]),
    ]),
    undo: removal,
    remove: removal,
  };
};
