import { faultEvent } from './errors/fault-event.js';
import type { HostEvent } from './types.js';

/**
 * For a process that is there to serve: what nothing caught becomes an event HOST_FAULT, and everything goes on, as one fault must
 * not end the sites of all others. Connections end by themselves with what is thrown in their own listeners; this is for the rest.
 * Takes the place of what the program did about such errors until the function it gives is called.
 */
export function surviveFaults(emit: (event: HostEvent) => void): () => void {
  const onFault = (error: unknown): void => emit(faultEvent('that nothing in it expected; it goes on serving', error));
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
