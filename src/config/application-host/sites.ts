import { type Markup, tag } from './markup.js';

export interface HostBinding {
  readonly protocol: string;
  /** `IP:port:host`: '*:80:'. */
  readonly information: string;
}

export interface HostApplication {
  /** '/' or '/dante'. */
  readonly path: string;
  readonly physicalPath: string;
  /** The default pool of applicationDefaults when left out. */
  readonly pool?: string;
  readonly preloadEnabled?: boolean;
}

export interface HostSite {
  readonly name: string;
  readonly id: number;
  readonly bindings: readonly HostBinding[];
  readonly applications: readonly HostApplication[];
}

export interface HostPool {
  readonly name: string;
  /** Attributes of `<add>`: managedRuntimeVersion, startMode. */
  readonly attributes?: Readonly<Record<string, string>>;
}

const logs = '%SystemDrive%\\inetpub\\logs';
const siteDefaults = tag('siteDefaults', {}, [
  tag('logFile', { logFormat: 'W3C', directory: `${logs}\\LogFiles` }),
  tag('traceFailedRequestsLogging', { directory: `${logs}\\FailedReqLogFiles` }),
]);

/** `system.applicationHost`: pools, adapters, log, sites and limits, in the installed order. */
export function applicationHost(sites: readonly HostSite[], pools: readonly HostPool[]): Markup {
  return tag('system.applicationHost', {}, [
    tag('applicationPools', {}, [
      ...pools.map(({ name, attributes }) => tag('add', { name, ...attributes })),
      tag('applicationPoolDefaults', { managedRuntimeVersion: 'v4.0' }, [
        tag('processModel', { identityType: 'ApplicationPoolIdentity' }),
      ]),
    ]),
    tag('customMetadata'),
    tag('listenerAdapters', {}, [tag('add', { name: 'http' })]),
    tag('log', {}, [
      tag('centralBinaryLogFile', { enabled: 'true', directory: `${logs}\\LogFiles` }),
      tag('centralW3CLogFile', { enabled: 'true', directory: `${logs}\\LogFiles` }),
    ]),
    sitesMarkup(sites),
    tag('webLimits'),
  ]);
}

export const sitesMarkup = (sites: readonly HostSite[]): Markup =>
  tag('sites', {}, [
    ...sites.map(siteMarkup),
    siteDefaults,
    tag('applicationDefaults', { applicationPool: 'DefaultAppPool' }),
    tag('virtualDirectoryDefaults', { allowSubDirConfig: 'true' }),
  ]);

const siteMarkup = ({ name, id, bindings, applications }: HostSite): Markup =>
  tag('site', { name, id: String(id), serverAutoStart: 'true' }, [
    ...applications.map(applicationMarkup),
    tag(
      'bindings',
      {},
      bindings.map(({ protocol, information }) => tag('binding', { protocol, bindingInformation: information })),
    ),
  ]);

const applicationMarkup = ({ path, physicalPath, pool, preloadEnabled }: HostApplication): Markup =>
  tag(
    'application',
    {
      path,
      ...(pool === undefined ? {} : { applicationPool: pool }),
      ...(preloadEnabled ? { preloadEnabled: 'true' } : {}),
    },
    [tag('virtualDirectory', { path: '/', physicalPath })],
  );
