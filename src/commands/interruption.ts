import { nothingChanged } from '../errors.js';

/**
 * How SIGINT, SIGTERM and SIGHUP are handled. The launcher creates it first and listens for the signals until the process ends,
 * so that none is lost between two listeners; the running command sets what a signal does.
 */
export interface Interruption {
  /** True from the first signal on. */
  came: boolean;
  /** Called at each signal, after `came` is set. */
  act: () => void;
}

/**
 * The work's result, unless the signal comes first: for work that changes nothing and has nothing to roll back. Its sockets and
 * timers may stay open; the process ends without waiting for them. Throws UserError INTERRUPTED (130).
 */
export async function unlessInterrupted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  let stop: () => void = () => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = () => reject(nothingChanged());
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
