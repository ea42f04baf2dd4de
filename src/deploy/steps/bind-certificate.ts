import path from 'node:path';
import { indexer, setSite } from '../../appcmd/index.js';
import { UserError } from '../../errors.js';
import { commandLine } from '../../quoting.js';
import { bindingInformation } from '../new-site.js';
import type { DeployPlan, SiteBinding } from '../plan.js';
import type { DeployContext, DeployStep } from '../step.js';
import { runOne } from './run-appcmd.js';

/** One https binding in HTTP.sys. */
interface SslBinding {
  /** `hostnameport=chat.example.com:443` (SNI), `ipport=0.0.0.0:443`. */
  readonly endpoint: string;
  /** netsh's current output for it, lower case; undefined: it has no certificate. */
  readonly shown: string | undefined;
}

interface SeenCertificates {
  readonly bindings: readonly SslBinding[];
}

/** The GUID of IIS itself: its manager shows and removes the certificates of this owner. */
const applicationId = '{4dc3e181-e14b-4a21-b022-59fc669b0914}';

/** Full path: a netsh.exe in the app's folder is never started. */
const netsh = ({ environment }: DeployContext): string =>
  path.win32.join((environment ?? process.env).SystemRoot ?? 'C:\\Windows', 'System32', 'netsh.exe');

const httpsBindings = ({ newSite }: DeployPlan): readonly SiteBinding[] =>
  newSite?.certificate === undefined ? [] : newSite.bindings.filter(({ protocol }) => protocol === 'https');

const endpointOf = ({ address, port, host }: SiteBinding): string =>
  host === '' ? `ipport=${address === '*' ? '0.0.0.0' : address}:${port}` : `hostnameport=${host}:${port}`;

async function lookAtCertificates(context: DeployContext, plan: DeployPlan): Promise<SeenCertificates> {
  const bindings: SslBinding[] = [];
  for (const binding of httpsBindings(plan)) {
    const endpoint = endpointOf(binding);
    const { exitCode, stdout } = await context.run(netsh(context), ['http', 'show', 'sslcert', endpoint]);
    bindings.push({ endpoint, shown: exitCode === 0 ? stdout.toLowerCase() : undefined });
  }
  return { bindings };
}

const hasCertificate = ({ newSite }: DeployPlan, { shown }: SslBinding): boolean =>
  shown?.includes(newSite?.certificate?.toLowerCase() ?? '') === true;

/** netsh of each binding without our certificate. */
const addCommands = (plan: DeployPlan, { bindings }: SeenCertificates): string[][] =>
  bindings
    .filter((binding) => !hasCertificate(plan, binding))
    .map(({ endpoint }) => [
      'http',
      'add',
      'sslcert',
      endpoint,
      `certhash=${plan.newSite?.certificate}`,
      `appid=${applicationId}`,
      'certstorename=MY',
    ]);

/** Without SNI, HTTP.sys ignores a host name before the request is decrypted (iis.md: sslFlags 1). */
const sniCommands = (plan: DeployPlan, seen: SeenCertificates): string[][] =>
  addCommands(plan, seen).length === 0
    ? []
    : httpsBindings(plan)
        .filter(({ host }) => host !== '')
        .map((binding) => {
          const item = indexer({ protocol: 'https', bindingInformation: bindingInformation(binding) });
          return setSite(plan.siteName, { [`bindings.${item}.sslFlags`]: 1 });
        });

async function runNetsh(context: DeployContext, args: readonly string[]): Promise<void> {
  const { exitCode, stdout } = await context.run(netsh(context), args);
  if (exitCode === 0) return;
  throw new UserError('CERTIFICATE_NOT_BOUND', {
    what: `${commandLine('netsh', args)} failed with exit code ${exitCode}`,
    why: stdout.trim().split(/\r?\n/).at(-1) || 'it gave no reason',
    next: 'check that the certificate is in the store of the machine with its private key: dir Cert:\\LocalMachine\\My',
    exit: 'refused',
  });
}

/** The certificate of the new site's https bindings. It belongs to HTTP.sys, so appcmd cannot set it (deploying.md). */
export const bindCertificate: DeployStep<SeenCertificates> = {
  id: 'bind-certificate',
  title: 'Give the https bindings their certificate',
  mentioned: (_context, plan) => httpsBindings(plan).length > 0,
  look: lookAtCertificates,
  say: (context, plan, seen) => [
    ...sniCommands(plan, seen).map((args) => context.appcmd.format(args)),
    ...addCommands(plan, seen).map((args) => (context.format ?? commandLine)(netsh(context), args)),
  ],
  async do(context, plan, seen) {
    const other = seen.bindings.find((binding) => binding.shown !== undefined && !hasCertificate(plan, binding));
    if (other !== undefined) {
      throw new UserError('CERTIFICATE_OF_OTHERS', {
        what: `${other.endpoint.replace(/^.*=/, '')} already has another certificate`,
        why: 'HTTP.sys has one certificate for an address or host name and port, and another program or site has set it.',
        next: `show it with: netsh http show sslcert ${other.endpoint}; remove it, or use another port or host name`,
        exit: 'refused',
      });
    }
    for (const args of sniCommands(plan, seen)) await runOne(context, args);
    for (const args of addCommands(plan, seen)) await runNetsh(context, args);
  },
  // The site's bindings are removed with the site.
  async undo(context, plan, seen) {
    for (const { endpoint, shown } of (await lookAtCertificates(context, plan)).bindings) {
      const before = seen.bindings.find((binding) => binding.endpoint === endpoint);
      if (shown !== undefined && before?.shown === undefined) {
        await runNetsh(context, ['http', 'delete', 'sslcert', endpoint]);
      }
    }
  },
  remember: async (context, plan, earlier) => {
    const { bindings } = await lookAtCertificates(context, plan);
    const newlyBound = bindings.filter(({ shown }) => shown === undefined).map(({ endpoint }) => endpoint);
    const all = [...new Set([...(earlier?.certificates ?? []), ...newlyBound])];
    return all.length === 0 ? {} : { certificates: all };
  },
  async remove(context, { record, did }) {
    for (const endpoint of record?.certificates ?? []) {
      const { exitCode } = await context.run(netsh(context), ['http', 'show', 'sslcert', endpoint]);
      if (exitCode !== 0) continue;
      const args = ['http', 'delete', 'sslcert', endpoint];
      await runNetsh(context, args);
      did(commandLine(netsh(context), args));
    }
  },
};
