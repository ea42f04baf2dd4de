import { UserError } from '../../errors.js';
import { type CertificateStore, endpointOf } from '../certificates.js';
import type { DeployPlan } from '../plan.js';
import { certificatePart, httpsBindings, sniCommand } from '../script/certificate-part.js';
import type { DeployContext, DeployStep } from '../step.js';
import { netshCertificates } from './netsh-certificates.js';
import { runOne } from './run-appcmd.js';

/** One https binding of the server's certificate store. */
interface SslBinding {
  readonly endpoint: string;
  /** What the store has for it now; undefined: it has no certificate. */
  readonly shown: string | undefined;
}

interface SeenCertificates {
  readonly bindings: readonly SslBinding[];
}

const storeOf = (context: DeployContext): CertificateStore => context.target.certificates ?? netshCertificates(context);

async function lookAtCertificates(context: DeployContext, plan: DeployPlan): Promise<SeenCertificates> {
  const bindings: SslBinding[] = [];
  for (const endpoint of httpsBindings(plan).map(endpointOf)) {
    bindings.push({ endpoint, shown: await storeOf(context).shown(endpoint) });
  }
  return { bindings };
}

/** Without a requested certificate any one is right. */
const hasCertificate = ({ newSite }: DeployPlan, { shown }: SslBinding): boolean =>
  shown?.includes(newSite?.certificate?.toLowerCase() ?? '') === true;

/** The endpoints without our certificate. */
const missingAt = (plan: DeployPlan, { bindings }: SeenCertificates): string[] =>
  bindings.filter((binding) => !hasCertificate(plan, binding)).map(({ endpoint }) => endpoint);

const sniCommands = (plan: DeployPlan, seen: SeenCertificates): string[][] =>
  missingAt(plan, seen).length === 0
    ? []
    : httpsBindings(plan)
        .filter(({ host }) => host !== '')
        .map((binding) => sniCommand(plan.siteName, binding));

/** The certificate of the new site's https bindings. It belongs to HTTP.sys, not to the site. */
export const bindCertificate: DeployStep<SeenCertificates> = {
  id: 'bind-certificate',
  title: 'Give the https bindings their certificate',
  mentioned: (_context, plan) => httpsBindings(plan).length > 0,
  look: lookAtCertificates,
  say: (context, plan, seen) => [
    ...sniCommands(plan, seen).map((args) => context.appcmd.format(args)),
    ...missingAt(plan, seen).map((endpoint) => storeOf(context).sayAdd(endpoint, plan.newSite?.certificate)),
  ],
  async do(context, plan, seen) {
    const other = seen.bindings.find((binding) => binding.shown !== undefined && !hasCertificate(plan, binding));
    if (other !== undefined) throw certificateOfOthers(other, context);
    for (const args of sniCommands(plan, seen)) await runOne(context, args);
    for (const endpoint of missingAt(plan, seen)) await storeOf(context).add(endpoint, plan.newSite?.certificate);
  },
  // The site's bindings are removed with the site.
  async undo(context, plan, seen) {
    for (const { endpoint, shown } of (await lookAtCertificates(context, plan)).bindings) {
      const before = seen.bindings.find((binding) => binding.endpoint === endpoint);
      if (shown !== undefined && before?.shown === undefined) await storeOf(context).remove(endpoint);
    }
  },
  script: certificatePart,
  remember: async (context, plan, earlier) => {
    const { bindings } = await lookAtCertificates(context, plan);
    const newlyBound = bindings.filter(({ shown }) => shown === undefined).map(({ endpoint }) => endpoint);
    const all = [...new Set([...(earlier?.certificates ?? []), ...newlyBound])];
    return all.length === 0 ? {} : { certificates: all };
  },
  async remove(context, { record, did }) {
    const store = storeOf(context);
    for (const endpoint of record?.certificates ?? []) {
      if ((await store.shown(endpoint)) === undefined) continue;
      await store.remove(endpoint);
      did(store.sayRemove(endpoint));
    }
  },
};

function certificateOfOthers({ endpoint }: SslBinding, { target }: DeployContext): UserError {
  const place = endpoint.replace(/^.*=/, '');
  return new UserError('CERTIFICATE_OF_OTHERS', {
    what: `${place} already has another certificate`,
    why: 'HTTP.sys has one certificate for an address or host name and port, and another program or site has set it.',
    next:
      target.certificates === undefined
        ? `show it with: netsh http show sslcert ${endpoint}; remove it, or use another port or host name`
        : 'undeploy the app that has it, or use another port or host name',
    exit: 'refused',
  });
}
