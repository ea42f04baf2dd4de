import { faultEvent } from './errors/fault-event.js';
import type { HostEvent } from './types.js';

/**
 * For a server process: an uncaught error becomes an event HOST_FAULT and the process continues, because one error must not stop
 * all sites. An error in a listener of a connection closes that connection; this is for all other errors. Replaces the program's
 * own handling of such errors until the returned function is called.
 */
export function surviveFaults(emit: (event: HostEvent) => void): () => void {
  const onFault = (error: unknown): void => emit(faultEvent('(it continues to serve)', error));
  const before = process.listeners('uncaughtException');
  for (const listener of before) process.off('uncaughtException', listener);
  process.on('uncaughtException', onFault);
  process.on('unhandledRejection', onFault);
  return () => {
    process.off('uncaughtException', onFault);
    process.off('unhandledRejection', onFault);
    for (const listener of before) process.on('uncaughtException', listener);
  };
}
