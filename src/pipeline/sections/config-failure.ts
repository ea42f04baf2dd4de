import type { ConfigError } from '../../config/index.js';
import { XmlError } from '../../xml/index.js';
import { failure, type StageFailure } from './failure.js';

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

/** IIS's own text, and where it is not specific ("not well-formed", "this configuration section") what exactly is wrong. */
export function configErrorText({ message, cause, kind, section, reason }: ConfigError): string {
  if (reason !== undefined) return `${message}. ${reason}`;
  if (cause instanceof XmlError) return `${message}: ${cause.message}`;
  const isAboutSection = ['section-locked', 'not-at-this-path', 'lock-violation'].includes(kind);
  return isAboutSection && section !== undefined ? `${section}: ${message}` : message;
}
