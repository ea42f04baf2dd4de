import type { ConfigError } from '../../config/index.js';
import { XmlError } from '../../xml/index.js';
import { failure, type StageFailure } from '../stages/failure.js';
import type { HostEvent } from '../types.js';

/** A ConfigError as the 500.19 answer. */
export function configFailure(error: ConfigError): StageFailure {
  return failure(500, 19, configErrorText(error), {
    module: 'IIS Web Core',
    notification: 'BeginRequest',
    hresult: error.hresult,
    win32: error.hresult & 0xffff,
    ...(error.file !== undefined && { origin: { file: error.file, line: error.line ?? 0 } }),
  });
}

/** IIS's own text, and where it says little ("not well-formed", "this configuration section") what exactly is wrong. */
export function configErrorText({ message, cause, kind, section, reason }: ConfigError): string {
  if (reason !== undefined) return `${message}. ${reason}`;
  if (cause instanceof XmlError) return `${message}: ${cause.message}`;
  const isAboutSection = ['section-locked', 'not-at-this-path', 'lock-violation'].includes(kind);
  return isAboutSection && section !== undefined ? `${section}: ${message}` : message;
}

/** What is said once for each place that is wrong, and the key it is said once by. */
export function configErrorEvent(
  error: ConfigError,
  urlPath: string,
): { readonly key: string; readonly event: HostEvent } {
  return {
    key: `config ${error.file}:${error.line}:${error.message}`,
    event: {
      level: 'error',
      code: 'CONFIG_ERROR',
      message: `HTTP 500.19 for ${urlPath}: ${configErrorText(error)}`,
      ...configErrorPlace(error),
    },
  };
}

/** Where a ConfigError points, as the fields of an event. */
export function configErrorPlace({ file, line }: ConfigError): { readonly file?: string; readonly line?: number } {
  return { ...(file !== undefined && { file }), ...(line !== undefined && { line }) };
}
