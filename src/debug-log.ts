import { debuglog, format } from 'node:util';
import { printable } from './printable.js';

/** The names for NODE_DEBUG: `NODE_DEBUG=iisnode-sock:*`, or one of them. */
export type DebugPlace = 'dispatch' | 'module' | 'pipe' | 'step' | 'appcmd';

/** The arguments are those of `util.format`. */
export type DebugLog = (text: string, ...values: readonly unknown[]) => void;

/**
 * A debug logger: prints a line to stderr when NODE_DEBUG contains its name, and costs nothing otherwise.
 */
export function debugLog(place: DebugPlace): DebugLog {
  const log = debuglog(`iisnode-sock:${place}`);
  return (text, ...values) => {
    if (log.enabled) log('%s', printable(format(text, ...values)));
  };
}
