import { UserError } from '../errors.js';
import { handshakeHeaders } from '../rewrite/index.js';
import type { RequestTarget } from './target.js';
import type { TraceOptions } from './types.js';

/**
 * Lower-case names; Host from the URL, and for ws:// the headers of a browser's handshake. `Upgrade: websocket` alone also
 * means a handshake: no client sends it without Connection. Throws UserError BAD_HEADER.
 */
export function headersOf({ headers = [] }: TraceOptions, target: RequestTarget): Record<string, string> {
  const given: Record<string, string> = {};
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(key)) {
      throw new UserError('BAD_HEADER', {
        what: `"${name}" is not a header name`,
        why: 'A name has letters, digits and hyphens only.',
        next: "write it like --header 'Upgrade: websocket'",
        again: { with: ['--header', 'Upgrade: websocket'] },
      });
    }
    given[key] = Object.hasOwn(given, key) ? `${given[key]}, ${value}` : value;
  }
  const isHandshake = target.upgrade || given.upgrade?.trim().toLowerCase() === 'websocket';
  return { host: target.host, ...(isHandshake && handshakeHeaders), ...given };
}
