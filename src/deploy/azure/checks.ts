import semver from 'semver';
import type { App } from '../../app/index.js';
import { isBelow } from '../../files/index.js';
import type { DeployPlan } from '../plan.js';
import type { CheckResult, Obstacle } from '../preflight/check.js';
import type { DeployOptions } from '../types.js';
import { azNames } from './access.js';
import type { KuduDeployment } from './kudu.js';
import type { AzureSession } from './session.js';

/** What Kudu says of an app. */
export interface KuduSeen {
  /** Newest first. */
  readonly deployments: readonly KuduDeployment[];
  readonly settings: Readonly<Record<string, string>>;
}

/** What is looked at before a package is sent. */
export interface AzureLook {
  readonly session: AzureSession;
  readonly seen: KuduSeen;
  readonly app: App;
  readonly plan: DeployPlan;
  readonly options: Pick<DeployOptions, 'installOnServer'>;
}

/** Reads only. @throws UserError where Kudu cannot be asked. */
export async function lookAtKudu({ kudu }: Pick<AzureSession, 'kudu'>): Promise<KuduSeen> {
  return { deployments: await kudu.deployments(), settings: await kudu.settings() };
}

/** An obstacle; a text: works, but is worth knowing; undefined: it is as it should be; `not seen`: only the Resource Manager knows it. */
type Found = Obstacle | { readonly advice: string } | 'not seen' | undefined;

interface AzureCheck {
  readonly id: string;
  readonly title: string;
  look(asked: AzureLook): Found;
}

const isOn = (value: string | undefined): boolean => /^(true|1)$/i.test(value ?? '');

/** A setting that only the Resource Manager knows. */
const setting =
  (
    name: 'webSockets' | 'alwaysOn' | 'clientAffinity' | 'is32Bit',
    right: boolean,
    advice: (names: string) => string,
  ): AzureCheck['look'] =>
  ({ session }) => {
    const value = session.managed?.[name];
    if (value === undefined) return 'not seen';
    return value === right ? undefined : { advice: advice(azNames(session.access)) };
  };

/** In the order in which they are shown. */
const checks: readonly AzureCheck[] = [
  {
    id: 'azure-windows',
    title: 'The app runs on Windows',
    look: ({ session, session: { managed } }) =>
      managed === undefined
        ? 'not seen'
        : !managed.isLinux
          ? undefined
          : {
              code: 'AZURE_ON_LINUX',
              what: 'the app runs on Linux',
              why: 'iisnode and web.config are of Windows: on Linux App Service starts node itself.',
              next: `az appservice plan create --resource-group ${session.access.manager?.group ?? 'GROUP'} --name PLAN --sku B1     (a plan of Windows; then an app on it: az webapp create --plan PLAN)`,
            },
  },
  {
    id: 'azure-package',
    title: 'App Service takes a package',
    look: ({ session, seen: { settings }, plan }) => packageFound(session, settings.WEBSITE_RUN_FROM_PACKAGE, plan),
  },
  {
    id: 'azure-install',
    title: 'The packages of the app are installed where they are expected',
    look: ({ session, seen: { settings }, options }) =>
      installFound(session, isOn(settings.SCM_DO_BUILD_DURING_DEPLOYMENT), options.installOnServer === true),
  },
  {
    id: 'azure-swap',
    title: 'The slot is swapped only after the look at it',
    look: ({ session }) => {
      const { slot } = session.access.address;
      if (slot === undefined) return undefined;
      if (session.managed === undefined) return 'not seen';
      if (session.managed.autoSwap === undefined) return undefined;
      return {
        code: 'AZURE_AUTO_SWAP',
        what: `the slot ${slot} is swapped with ${session.managed.autoSwap} as soon as a deployment ends`,
        why: 'Auto swap is on: the new app would be live before it was looked at.',
        next: `az webapp deployment slot auto-swap ${azNames(session.access)} --disable`,
        isForcible: true,
      };
    },
  },
  { id: 'azure-node', title: 'The version of node is one that the app accepts', look: nodeFound },
  {
    id: 'azure-web-sockets',
    title: 'WebSockets are on',
    look: setting(
      'webSockets',
      true,
      (names) =>
        `WebSockets are off: clients fall back to polling, and those with the transport websocket alone cannot connect; az webapp config set ${names} --web-sockets-enabled true`,
    ),
  },
  {
    id: 'azure-affinity',
    title: 'ARR affinity is on',
    look: setting(
      'clientAffinity',
      true,
      (names) =>
        `ARR affinity is off: with several instances polling fails (400 Session ID unknown); az webapp update ${names} --client-affinity-enabled true`,
    ),
  },
  {
    id: 'azure-always-on',
    title: 'Always On is on',
    look: setting(
      'alwaysOn',
      true,
      (names) =>
        `Always On is off: after 20 minutes without requests the app is ended; from Basic on: az webapp config set ${names} --always-on true`,
    ),
  },
  {
    id: 'azure-bitness',
    title: 'The worker process is one of 64 bit',
    look: setting(
      'is32Bit',
      false,
      (names) =>
        `the worker process is one of 32 bit: node has less memory; az webapp config set ${names} --use-32bit-worker-process false`,
    ),
  },
];

/** Asks all checks; nothing is changed. */
export function azureChecks(asked: AzureLook, force: boolean): CheckResult[] {
  return checks.map(({ id, title, look }) => {
    const found = look(asked);
    if (found === undefined) return { id, title, state: 'ok' };
    if (found === 'not seen') {
      return {
        id,
        title,
        state: 'not seen',
        note: 'AZURE_ACCESS_TOKEN, AZURE_SUBSCRIPTION_ID and AZURE_RESOURCE_GROUP let it be seen',
      };
    }
    if ('advice' in found) return { id, title, state: 'advice', note: found.advice };
    return { id, title, state: found.isForcible === true && force ? 'passed over' : 'failed', obstacle: found };
  });
}

function packageFound(session: AzureSession, runFrom: string | undefined, plan: DeployPlan): Found {
  if (runFrom === undefined || runFrom === '' || runFrom === '0') return undefined;
  if (!isOn(runFrom)) {
    return {
      code: 'AZURE_RUNS_FROM_URL',
      what: 'the app runs from a package at a URL',
      why: 'WEBSITE_RUN_FROM_PACKAGE names it: Kudu refuses every other package (409).',
      next: `az webapp config appsettings set ${azNames(session.access)} --settings WEBSITE_RUN_FROM_PACKAGE=1`,
    };
  }
  const isInside = plan.logDirectory !== undefined && isBelow(plan.directory, plan.logDirectory);
  if (!isInside) return undefined;
  return {
    advice:
      'the app runs from its package (WEBSITE_RUN_FROM_PACKAGE=1), which is read-only: iisnode cannot write its logs there, and no file that the app writes beside itself; set loggingEnabled="false" or a logDirectory below %HOME%\\LogFiles',
  };
}

function installFound(session: AzureSession, builds: boolean, installs: boolean): Found {
  if (builds === installs) return undefined;
  const set = (value: boolean): string =>
    `az webapp config appsettings set ${azNames(session.access)} --settings SCM_DO_BUILD_DURING_DEPLOYMENT=${value}`;
  if (builds) {
    return {
      advice: `App Service installs the packages again, over those of the package: slow; deploy with --install-on-server, or ${set(false)}`,
    };
  }
  return {
    code: 'AZURE_DOES_NOT_INSTALL',
    what: 'App Service does not install packages, and --install-on-server leaves them out',
    why: 'SCM_DO_BUILD_DURING_DEPLOYMENT is not true.',
    next: set(true),
  };
}

/** Without a build on the server engines.node chooses nothing: the setting and iisnode.yml do (iis.md 10). */
function nodeFound({ session, seen: { settings }, app, plan, options }: AzureLook): Found {
  const { nodeRange } = app.manifest;
  const range = nodeRange === undefined ? null : semver.validRange(nodeRange);
  const isChosen = (app.settingsOf(plan.entry)?.sources.nodeProcessCommandLine ?? 'default') !== 'default';
  const chosen = settings.WEBSITE_NODE_DEFAULT_VERSION;
  if (options.installOnServer === true && range !== null) return undefined;
  const set = (version: string): string =>
    `az webapp config appsettings set ${azNames(session.access)} --settings WEBSITE_NODE_DEFAULT_VERSION=~${version}`;
  const wanted = range === null ? '22' : `${semver.minVersion(range)?.major ?? 22}`;
  if (chosen === undefined || chosen === '') {
    if (isChosen) return undefined;
    return { advice: `WEBSITE_NODE_DEFAULT_VERSION is not set: node may be an old one; ${set(wanted)}` };
  }
  const offered = semver.validRange(chosen);
  if (range === null || offered === null || isChosen || semver.intersects(offered, range)) return undefined;
  return {
    code: 'NODE_VERSION_REFUSED',
    what: `node of the app is ${chosen}, and the app needs ${nodeRange}`,
    why: `WEBSITE_NODE_DEFAULT_VERSION says the one, engines.node in package.json the other.`,
    next: set(wanted),
    isForcible: true,
  };
}
