import type { ConfigError } from '../../config/index.js';
import { configErrorText } from '../../pipeline/sections/index.js';
import type { HostEvent } from '../types.js';
import { cut } from './cut.js';

/** The event for a wrong place in the configuration, and its key: it is reported once per key. */
export function configErrorEvent(
  error: ConfigError,
  urlPath: string,
): { readonly key: string; readonly event: HostEvent } {
  return {
    key: `config ${error.file}:${error.line}:${error.message}`,
    event: {
      level: 'error',
      code: 'CONFIG_ERROR',
      message: `HTTP 500.19 for ${urlPath}: ${cut(configErrorText(error))}`,
      ...configErrorPlace(error),
    },
  };
}

/** The file and line of a ConfigError, as the fields of an event. */
function configErrorPlace({ file, line }: ConfigError): { readonly file?: string; readonly line?: number } {
  return { ...(file !== undefined && { file }), ...(line !== undefined && { line }) };
}
