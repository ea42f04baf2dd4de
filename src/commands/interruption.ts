import { interrupted } from '../errors.js';

/**
 * What SIGINT, SIGTERM and SIGHUP do. The launcher makes it before anything else runs and listens for the signals as long as the
 * process lives, so that none is lost between two listeners; what runs at a time says how it ends.
 */
export interface Interruption {
  /** True from the first signal on. */
  came: boolean;
  /** Called at each signal, after `came` is set. */
  act: () => void;
}

/**
 * The work's result, unless the signal comes first: for work that changes nothing and so has nothing to roll back. Its sockets and
 * timers may go on; the process ends without waiting for them. Throws UserError INTERRUPTED (130).
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

/** Interrupted before anything was changed, or at work that changes nothing. */
export function nothingChanged(): Error {
  return interrupted({ why: 'You (or the system) asked the command to stop; it has changed nothing.' });
}
