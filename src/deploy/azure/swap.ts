import { UserError } from '../../errors.js';
import { typedCommand } from '../../typed-command.js';
import { hashIn } from './kept-packages.js';
import { SwapUnknown } from './manager.js';
import { TimeLimit } from './patience.js';
import { type AzureSession, swapCommand } from './session.js';

/** ms before the second look; twice as long before each further one, up to the longest. */
const firstPause = 1_000;
const longestPause = 15_000;
const looks = 14;

/**
 * Swaps, and finds out by what is live where the answer got lost.
 * @param message That of the deployment which is to be live, or with `away` is to be live no longer.
 * @throws UserError AZURE_SWAP_FAILED: nothing was swapped; AZURE_SWAP_UNKNOWN; AZURE_TIME_LIMIT; the signal's reason.
 */
export async function swapSlot(
  session: AzureSession,
  slot: string,
  message: string,
  progress: (note: string) => void,
  direction: 'live' | 'away' = 'live',
): Promise<void> {
  try {
    await session.manager?.swap(slot);
  } catch (error) {
    if (error instanceof TimeLimit) throw unknown(session, slot, 'the time limit is over');
    if (!(error instanceof SwapUnknown)) throw error;
    progress(`the answer to the swap got lost (${error.message}): looking what is live`);
    if (!(await isSwapped(session, message, direction === 'live'))) throw unknown(session, slot, error.message);
  }
}

/** A swap takes a minute or two. */
async function isSwapped(
  { productionKudu, patience }: AzureSession,
  message: string,
  isLive: boolean,
): Promise<boolean> {
  if (productionKudu === undefined) return false;
  for (let look = 1; look <= looks; look += 1) {
    const active = (await productionKudu.deployments()).find(({ active }) => active);
    const isThere = active !== undefined && hashIn(active.message) === hashIn(message);
    if (isThere === isLive) return true;
    if (look < looks) await patience.wait(Math.min(firstPause * 2 ** (look - 1), longestPause));
  }
  return false;
}

const unknown = (session: AzureSession, slot: string, why: string): UserError =>
  new UserError('AZURE_SWAP_UNKNOWN', {
    what: `a swap of the slot ${slot} with production was asked for, and it is not known whether it came`,
    why,
    next: `${typedCommand(['status', '--to', `azure://${session.access.address.app}`])}     (shows what is live; ${swapCommand(session)} swaps)`,
    exit: 'incomplete',
  });
