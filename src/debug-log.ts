import { debuglog, format } from 'node:util';
import { printable } from './printable.js';

/** The places that can be watched: `NODE_DEBUG=iisnode-sock:*`, or one of them. */
export type DebugPlace = 'dispatch' | 'module' | 'pipe' | 'step' | 'appcmd';

/** Takes what `util.format` takes. */
export type DebugLog = (text: string, ...values: readonly unknown[]) => void;

/**
 * A logger for people who debug this program: a printable line each goes to stderr where NODE_DEBUG names the place, and costs
 * nothing elsewhere.
 */
export function debugLog(place: DebugPlace): DebugLog {
  const log = debuglog(`iisnode-sock:${place}`);
  return (text, ...values) => {
    if (log.enabled) log('%s', printable(format(text, ...values)));
  };
}
