import { embeddedAppcmd, rememberLists } from '../../appcmd/index.js';
import {
  embeddedStore,
  type Home,
  hostStatus,
  type PreparedHost,
  prepareBackgroundHost,
  sendControlRequest,
  startBackgroundHost,
  stopBackgroundHost,
} from '../../host/index.js';
import { iisnodeSock } from '../../typed-command.js';
import { deploymentRecords } from '../all-records.js';
import { endpointOf } from '../certificates.js';
import type { DeployContext } from '../step.js';
import { same } from '../steps/run-appcmd.js';
import { type EmbeddedTarget, foldersOfThisMachine, type HostControl } from '../target.js';
import { choosePort } from './choose-port.js';
import { embeddedCertificates, requireCertificate } from './embedded-certificates.js';
import type { OpenTarget } from './open-target.js';
import { runCommand } from './run-command.js';
import { bindingsOfSite, bindingToLookAt, localAddress, siteUrl } from './site-url.js';

/** The embedded IIS of a home: its own appcmd, and the background host that uses its applicationHost.config. */
export function openEmbedded(home: Home, signal: AbortSignal): OpenTarget {
  const appcmd = rememberLists(embeddedAppcmd(embeddedStore(home)));
  const context: DeployContext = {
    appcmd,
    signal,
    run: runCommand,
    target: {
      ...embeddedTarget(hostControl(home, appcmd.forget), home.logFile),
      ...urlsOfSites(appcmd, home),
      certificates: embeddedCertificates(home),
    },
    records: deploymentRecords(home),
  };
  return {
    context,
    home,
    async choosePort(options, plan, reporter) {
      requireCertificate(home, plan.newSite?.certificate);
      return choosePort(context, home, options, plan, reporter);
    },
  };
}

export const embeddedTarget = (host: HostControl, logFile: string): EmbeddedTarget => ({
  ...foldersOfThisMachine,
  kind: 'embedded',
  name: 'embedded',
  host,
  logFile,
  noHost: undefined,
  noRights: 'not needed: the embedded IIS runs as you',
  idle: undefined,
  url: async ({ port = 80, vdirPath }) => `http://127.0.0.1:${port}${vdirPath}`,
  servesHttps: async () => false,
});

/** Without a port that deploy chose, the URL is one of the site's bindings: with a host name, or https. */
const urlsOfSites = (
  appcmd: DeployContext['appcmd'],
  home: Home,
): Required<Pick<EmbeddedTarget, 'url' | 'address' | 'certificate' | 'servesHttps'>> => ({
  url: (plan) =>
    plan.port === undefined
      ? siteUrl({ appcmd }, plan, '127.0.0.1')
      : Promise.resolve(`http://127.0.0.1:${plan.port}${plan.vdirPath}`),
  address: async (plan) => (plan.port === undefined ? localAddress({ appcmd }, plan) : undefined),
  async certificate(plan) {
    const binding = await bindingToLookAt({ appcmd }, plan);
    const endpoint = endpointOf(binding);
    return plan.port !== undefined || binding.protocol === 'http'
      ? undefined
      : (await embeddedCertificates(home).shown(endpoint))?.toUpperCase();
  },
  // A rule that redirects to https names no port: that is 443.
  servesHttps: async (plan) =>
    (await bindingsOfSite({ appcmd }, plan)).some(({ protocol, port }) => protocol === 'https' && port === 443),
});

/** @param changed called when the host starts or stops, because the state of sites and pools then changes. */
function hostControl(home: Home, changed: () => void): HostControl {
  let prepared: PreparedHost | undefined;
  return {
    name: 'the embedded IIS',
    command: '(start the background host of the embedded IIS)',
    stopCommand: `(end the background host: ${iisnodeSock} status shows its process)`,
    running: async () => (await hostStatus(home)) !== undefined,
    notBound: async (site) => (await hostStatus(home))?.notBound.find(({ siteName }) => same(siteName, site)),
    async bind(site) {
      await sendControlRequest(home, { command: 'start', kind: 'site', name: site });
    },
    async prepare() {
      if ((await hostStatus(home)) === undefined) prepared = prepareBackgroundHost(home);
    },
    release: () => prepared?.cancel(),
    async start() {
      await (prepared?.start() ?? startBackgroundHost(home)).finally(changed);
    },
    stop: () => stopBackgroundHost(home).finally(changed),
  };
}
