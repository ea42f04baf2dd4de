import { UserError } from '../../errors.js';
import { holderText, type Lock, LockHeld, type LockHolder, takeLock } from '../../files/index.js';
import { iisnodeSock } from '../../typed-command.js';
import { askControl } from './control.js';
import { type Home, homeNotWritable, prepareHome } from './home.js';

/** How long a background host may take to start, in ms. */
export const startTime = 15_000;

/**
 * Takes the home's lock for this process, the background host. A lock of a process that has ended is taken over. Throws
 * UserError HOME_LOCKED, which names its holder, and HOME_NOT_WRITABLE.
 */
export async function lockHome(home: Home): Promise<Lock> {
  prepareHome(home);
  try {
    return await takeLock(home.lockFile, {
      command: 'the background host',
      patience: 0,
      answers: async (holder) =>
        isStarting(holder) ||
        (await askControl(home.controlPipe, { command: 'status' }).catch(() => undefined)) !== undefined,
    });
  } catch (error) {
    if (error instanceof LockHeld) throw lockedBy(home, error);
    throw homeNotWritable(home, error);
  }
}

/** A starting host holds the lock before its control pipe answers. A start time in the future comes from a wrong clock and is ignored. */
function isStarting({ since }: LockHolder): boolean {
  const age = Date.now() - (since ?? Number.NaN);
  return age >= 0 && age < startTime;
}

function lockedBy(home: Home, { holder }: LockHeld): UserError {
  return new UserError('HOME_LOCKED', {
    what: `The embedded IIS of ${home.directory} is in use`,
    why: holder === undefined ? 'Several hosts are starting at the same time.' : `Held by ${holderText(holder)}.`,
    next: `stop it with: ${iisnodeSock} undeploy, or use another IISNODE_SOCK_HOME`,
    exit: 'refused',
  });
}
