import { expand, variablesOf } from '../../config/index.js';
import type { HttpPlatformSettings } from '../../pipeline/sections/index.js';
import { withPort } from './command.js';

export interface PlatformEnvironment {
  readonly settings: Pick<HttpPlatformSettings, 'variables' | 'version'>;
  readonly port: number;
  readonly applicationPath: string;
  /** Identifies the process to the app; version 2 sends it with each request. */
  readonly token: string;
  /** The worker's environment. */
  readonly worker: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
}

/**
 * The environment of a process: the worker's, with the configured variables in its place (httpplatformhandler.md 4). Of two with one
 * name the last counts. The worker process of IIS has no PORT; one of the shell that started this host is left out.
 */
export function platformEnvironment(options: PlatformEnvironment): Record<string, string> {
  const foldsCase = (options.platform ?? process.platform) === 'win32';
  const key = (name: string): string => (foldsCase ? name.toUpperCase() : name);
  const block = new Map<string, readonly [name: string, value: string]>();
  for (const [name, value] of Object.entries(options.worker))
    if (value !== undefined && name.toUpperCase() !== 'PORT') block.set(key(name), [name, value]);
  for (const [name, value] of added(options)) if (name !== '') block.set(key(name), [name, value]);
  return Object.fromEntries(block.values());
}

function* added({ settings, port, applicationPath, token, worker }: PlatformEnvironment): Iterable<[string, string]> {
  yield ['HTTP_PLATFORM_PORT', String(port)];
  const variables = variablesOf(worker);
  for (const [name, value] of settings.variables) {
    if (name.toUpperCase() !== 'HTTP_PLATFORM_PORT') yield [name, expand(withPort(value, port), variables)];
  }
  // That 1.2 sets these two is unconfirmed; an app that needs them would fail there.
  if (settings.version === 1) return;
  yield ['HTTP_PLATFORM_APPL_PATH', applicationPath];
  yield ['HTTP_PLATFORM_TOKEN', token];
}

/** A port that web.config sets itself: every process gets that one; undefined where it sets none. */
export function chosenPort({ variables }: Pick<HttpPlatformSettings, 'variables'>): number | undefined {
  const value = variables.findLast(([name]) => name.toUpperCase() === 'HTTP_PLATFORM_PORT')?.[1];
  return value === undefined || /%/.test(value) ? undefined : Number(value);
}

/** The ports that version 2 takes from web.config (HttpPlatformHandler v2, serverprocess.cpp). */
export const isTaken = (port: number): boolean => Number.isInteger(port) && port >= 1025 && port <= 48_000;
