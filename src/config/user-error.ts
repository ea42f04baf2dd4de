import { UserError } from '../errors.js';
import { inOneLine } from '../trimmed.js';
import { XmlError } from '../xml/index.js';
import { ConfigError } from './error.js';

/**
 * A UserError, with file and line, for a configuration file of the user that cannot be used; every other error unchanged. Errors
 * in text that is not from a file are our own.
 */
export function asUserError(error: unknown): unknown {
  if (!(error instanceof ConfigError || error instanceof XmlError)) return error;
  const { file, line } = errorPlace(error);
  if (file === undefined || file === '' || file === 'applicationHost.config') return error;
  const { cause, message } = error;
  return new UserError('CONFIG_ERROR', {
    what: `${file}${line === undefined ? '' : `:${line}`} cannot be used as configuration`,
    why: inOneLine(cause instanceof XmlError ? `${message}: ${cause.message}` : message),
    next: `fix ${line === undefined ? 'that file' : `line ${line} of that file`}, then run the command again`,
    cause: error,
  });
}

function errorPlace(error: ConfigError | XmlError): {
  readonly file: string | undefined;
  readonly line: number | undefined;
} {
  if (error instanceof XmlError) return { file: error.file, line: error.position.line };
  return { file: error.file, line: error.line };
}
