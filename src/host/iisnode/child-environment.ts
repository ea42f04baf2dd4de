import type { IisnodeSettings } from '../../webconfig/index.js';

/** The version this module behaves like; node processes see it in IISNODE_VERSION. */
export const iisnodeVersion = '0.2.27';

export interface ChildEnvironment {
  readonly pipe: string;
  readonly settings: IisnodeSettings;
  readonly appSettings: readonly (readonly [string, string])[];
  /** The worker's environment, inherited whole. */
  readonly worker: Readonly<Record<string, string | undefined>>;
  /** Present when recycleSignalEnabled. */
  readonly controlPipe?: string | undefined;
  readonly platform?: NodeJS.Platform;
}

/**
 * The environment of a node process (iisnode 0.2.27, cmoduleconfiguration.cpp CreateNodeEnvironment).
 * iisnode appends its variables to the worker's without removing duplicates; which of two takes effect is unconfirmed. Here
 * iisnode's override inherited ones, so that a PORT in the worker's environment does not hide the pipe, and the first
 * appended one overrides later ones.
 */
export function childEnvironment(options: ChildEnvironment): Record<string, string> {
  const foldsCase = (options.platform ?? process.platform) === 'win32';
  const key = (name: string): string => (foldsCase ? name.toUpperCase() : name);
  const added = new Map<string, [name: string, value: string]>();
  for (const [name, value] of appended(options)) if (!added.has(key(name))) added.set(key(name), [name, value]);
  const block: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.worker)) {
    if (value !== undefined && !added.has(key(name))) block[name] = value;
  }
  for (const [name, value] of added.values()) block[name] = value;
  return block;
}

function* appended({ pipe, settings, appSettings, worker, controlPipe }: ChildEnvironment): Iterable<[string, string]> {
  yield ['PORT', pipe];
  yield ['IISNODE_VERSION', iisnodeVersion];
  if (worker.NODE_PENDING_PIPE_INSTANCES === undefined) yield ['NODE_PENDING_PIPE_INSTANCES', '5000'];
  if (controlPipe !== undefined) yield ['IISNODE_CONTROL_PIPE', controlPipe];
  for (const [name, value] of appSettings) if (name !== '') yield [name, value];
  if (settings.node_env !== '' && settings.node_env !== '%node_env%') yield ['NODE_ENV', settings.node_env];
  if (!settings.loggingEnabled) return;
  yield ['IISNODE_LOGGINGENABLED', '1'];
  if (settings.logDirectory !== '') yield ['IISNODE_LOGDIRECTORY', settings.logDirectory];
  yield ['IISNODE_MAXTOTALLOGFILESIZEINKB', String(settings.maxTotalLogFileSizeInKB)];
  yield ['IISNODE_MAXLOGFILESIZEINKB', String(settings.maxLogFileSizeInKB)];
  yield ['IISNODE_MAXLOGFILES', String(settings.maxLogFiles)];
}
