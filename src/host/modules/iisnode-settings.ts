import { availableParallelism } from 'node:os';
import path from 'node:path';
import { ConfigError } from '../../config/index.js';
import { FileError } from '../../files/index.js';
import type { PathConfig } from '../../pipeline/index.js';
import {
  diskReader,
  IisnodeConfigError,
  iisnodeSettingsAt,
  type ResolvedIisnodeSettings,
} from '../../webconfig/index.js';
import type { HostServices } from '../request/context.js';

/** iisnode cannot use its settings: Win32 code 1031 (section, environment) or 1032 (iisnode.yml), with the place. */
export class IisnodeConfigurationError extends Error {
  override readonly name = 'IisnodeConfigurationError';

  constructor(
    message: string,
    readonly win32: 1031 | 1032,
    readonly file: string | undefined,
    readonly line: number | undefined,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}

/** What the settings depend on besides the configuration. */
export type SettingsHost = Pick<HostServices, 'environment' | 'watch' | 'iisnode'>;

const known = new WeakMap<PathConfig, { readonly settings: ResolvedIisnodeSettings } | { readonly error: unknown }>();

/**
 * The settings at a script's path, resolved once per snapshot; iisnode.yml is watched, so its change creates a new snapshot.
 * Throws IisnodeConfigurationError.
 */
export function iisnodeSettingsOf(script: PathConfig, host: SettingsHost): ResolvedIisnodeSettings {
  let result = known.get(script);
  if (result === undefined) {
    try {
      result = { settings: resolve(script, host) };
    } catch (error) {
      result = { error };
    }
    known.set(script, result);
  }
  if ('error' in result) throw result.error;
  return result.settings;
}

function resolve(script: PathConfig, host: SettingsHost): ResolvedIisnodeSettings {
  const { model, at } = script;
  let overrides: string | undefined;
  try {
    const element = model.effective('system.webServer/iisnode', at);
    const settings = iisnodeSettingsAt(element, path.dirname(at.physicalPath), {
      environment: host.environment,
      cpus: availableParallelism(),
      read: (file) => {
        overrides = file;
        host.watch(file, script);
        return readOverrides(file);
      },
    });
    return { ...settings, values: { ...settings.values, ...host.iisnode?.(settings.values) } };
  } catch (error) {
    if (error instanceof IisnodeConfigError) throw wrapped(error, overrides);
    if (!(error instanceof ConfigError)) throw error;
    throw new IisnodeConfigurationError(error.message, 1031, error.file, error.line, error);
  }
}

function wrapped(error: IisnodeConfigError, overrides: string | undefined): IisnodeConfigurationError {
  if (error.code === 1032) return new IisnodeConfigurationError(error.message, 1032, overrides, error.line, error);
  const { cause } = error;
  const place = cause instanceof ConfigError ? cause : undefined;
  return new IisnodeConfigurationError(error.message, 1031, place?.file, place?.line, error);
}

/** A missing file means no overrides; any other error while reading it is 1032. */
function readOverrides(file: string): Uint8Array | undefined {
  try {
    return diskReader.read(file);
  } catch (cause) {
    if (!(cause instanceof FileError)) throw cause;
    throw new IisnodeConfigError(1032, `${file} cannot be read. ${cause.why}`, { cause });
  }
}
