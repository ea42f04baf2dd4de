import { nothingChanged, UserError } from '../../errors.js';
import { TimeLimit } from './patience.js';

/** Where a deployment is. */
export type Phase = 'before' | 'push' | 'follow' | 'verify' | 'checked' | 'swap' | 'verify-production';

/** What is there when a deployment ends before its end. */
export interface Ending {
  readonly phase: Phase;
  /** In the phase `push`: Kudu has the package; undefined: that could not be asked. */
  readonly isThere: boolean | undefined;
  /** The host of Kudu, what was deployed to, and its name in `--to`. */
  readonly host: string;
  readonly place: string;
  readonly look: string;
  /** The command that swaps back. */
  readonly swapBack: string;
}

/** What is there, and what to do next. */
function textOf({ phase, isThere, host, place, look, swapBack }: Ending): readonly [string, string] {
  const goesOn = [`the deployment goes on at ${host}, and ends without this command`, look] as const;
  const again = 'run the command again when you are ready';
  switch (phase) {
    case 'before':
      return ['nothing was deployed', again];
    case 'push':
      if (isThere === undefined) return [`it is not known whether ${host} has got the whole package`, look];
      return isThere ? goesOn : ['the package did not arrive as a whole: nothing was deployed', again];
    case 'follow':
      return goesOn;
    case 'verify':
      return [`the package is deployed at ${place}, and was not checked`, look];
    case 'checked':
      return [`the package is deployed at ${place}, and works there; it is not swapped`, look];
    case 'swap':
      return ['a swap was asked for, and may go on there', look];
    case 'verify-production':
      return ['the slot was swapped: the new package is live, and was not checked', `${swapBack} swaps it back`];
  }
}

/** The user interrupts, and what App Service has begun goes on. */
export function interruptedAt(ending: Ending): UserError {
  const [what, next] = textOf(ending);
  return new UserError('INTERRUPTED', {
    what: `interrupted; ${what}`,
    why: 'You (or the system) asked the command to stop. What App Service has begun cannot be stopped from here.',
    next,
    exit: 'interrupted',
  });
}

/** The time limit is over, and what App Service has begun goes on. @param limit In ms. */
export function overTimeAt(ending: Ending, limit: number, cause: unknown): UserError {
  const [what, next] = textOf(ending);
  const isNothing = ending.phase === 'before' || (ending.phase === 'push' && ending.isThere === false);
  return new UserError('AZURE_TIME_LIMIT', {
    what: `the time limit of ${minutes(limit)} is over; ${what}`,
    why: 'What App Service has begun cannot be stopped from here. Many small files take long there.',
    next: `${next}; --time-limit gives it more time`,
    exit: isNothing ? 'refused' : 'incomplete',
    cause,
  });
}

const minutes = (limit: number): string => `${Math.max(1, Math.round(limit / 60_000))} min`;

/** The error of work that has changed nothing yet: interrupted, over the time limit, or what it is. */
export function beforeChanges(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof UserError && (!signal.aborted || error.exit === 'interrupted')) return error;
  if (signal.aborted) return nothingChanged();
  if (!(error instanceof TimeLimit)) return error;
  return new UserError('AZURE_TIME_LIMIT', {
    what: 'App Service did not answer within the time limit; nothing was changed',
    why: 'Each question was asked several times.',
    next: 'run the command again in some minutes; --time-limit gives it more time',
    again: { same: true, note: 'in some minutes; --time-limit gives it more time' },
    exit: 'refused',
    cause: error,
  });
}
