import type { IisnodeSettings } from './types.js';

/** iisnode's defaults (iisnode 0.2.27, iisnode_schema.xml); `%VAR%` not expanded. Times in ms. */
export const iisnodeDefaults: IisnodeSettings = {
  node_env: '%node_env%',
  asyncCompletionThreadCount: 0,
  nodeProcessCountPerApplication: 1,
  nodeProcessCommandLine: 'node.exe',
  interceptor: '"%programfiles%\\iisnode\\interceptor.js"',
  maxConcurrentRequestsPerProcess: 1024,
  maxNamedPipeConnectionRetry: 100,
  namedPipeConnectionRetryDelay: 250,
  maxNamedPipeConnectionPoolSize: 512,
  maxNamedPipePooledConnectionAge: 30000,
  initialRequestBufferSize: 4096,
  maxRequestBufferSize: 65536,
  uncFileChangesPollingInterval: 5000,
  gracefulShutdownTimeout: 60000,
  logDirectory: 'iisnode',
  debuggingEnabled: true,
  debuggerExtensionDll: 'iisnode-inspector-0.7.3.dll',
  debugHeaderEnabled: false,
  debuggerVirtualDir: '',
  debuggerPathSegment: 'debug',
  debuggerPortRange: '5058-6058',
  maxLogFileSizeInKB: 128,
  maxTotalLogFileSizeInKB: 1024,
  maxLogFiles: 20,
  loggingEnabled: true,
  devErrorsEnabled: true,
  flushResponse: false,
  watchedFiles: '*.js;iisnode.yml',
  enableXFF: false,
  promoteServerVars: '',
  configOverrides: 'iisnode.yml',
  recycleSignalEnabled: false,
  idlePageOutTimePeriod: 0,
  nodeProcessStickySessions: false,
};

export type IisnodeAttribute = keyof IisnodeSettings;

/** The 34 names, in the schema's order. */
export const iisnodeAttributes = Object.keys(iisnodeDefaults) as readonly IisnodeAttribute[];

/** `expanded="true"` in the schema: `%VAR%` is replaced in the value of a web.config. */
export const expandedInWebConfig: ReadonlySet<IisnodeAttribute> = new Set([
  'node_env',
  'nodeProcessCommandLine',
  'interceptor',
  'logDirectory',
  'debuggerPathSegment',
  'debuggerPortRange',
  'watchedFiles',
  'configOverrides',
]);

/** iisnode expands only these from iisnode.yml (cmoduleconfiguration.cpp ApplyConfigOverrideKeyValue). */
export const expandedInYml: ReadonlySet<IisnodeAttribute> = new Set([
  'node_env',
  'nodeProcessCommandLine',
  'interceptor',
  'logDirectory',
  'watchedFiles',
]);

/** The key of iisnode.yml that sets an attribute, in lower case; keys are compared ignoring case. */
export const ymlKeys: ReadonlyMap<string, IisnodeAttribute> = new Map([
  // There is no key for configOverrides, and the key of the port range has another name.
  ...iisnodeAttributes
    .filter((name) => name !== 'configOverrides' && name !== 'debuggerPortRange')
    .map((name) => [name.toLowerCase(), name] as const),
  ['debugportrange', 'debuggerPortRange'] as const,
]);

/** Does iisnode act on this key of iisnode.yml? */
export const isYmlKey = (key: string): boolean => ymlKeys.has(key.toLowerCase());
