import type { ConfigError } from '../../config/index.js';
import { XmlError } from '../../xml/index.js';
import { failure, type StageFailure } from '../stages/failure.js';

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

/** IIS's own text, and where it says little ("not well-formed") what exactly is wrong. */
export function configErrorText({ message, cause }: ConfigError): string {
  return cause instanceof XmlError ? `${message}: ${cause.message}` : message;
}

/** Where a ConfigError points, as the fields of an event. */
export function configErrorPlace({ file, line }: ConfigError): { readonly file?: string; readonly line?: number } {
  return { ...(file !== undefined && { file }), ...(line !== undefined && { line }) };
}
