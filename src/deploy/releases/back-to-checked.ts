import type { ExitReason } from '../../exit-codes.js';
import { DeployFailed, failureWith } from '../failure.js';
import type { AppPlace } from '../plan.js';
import type { DeployContext } from '../step.js';
import { findApp } from '../steps/run-appcmd.js';
import { readJournal } from './journal.js';
import type { Release } from './release.js';
import { openReleases } from './release-folder.js';

/** Makes a kept release live, with a check. @throws what `runPlan` throws. */
type GoTo = (release: Release) => Promise<unknown>;

/**
 * For a deployment that has failed at its check, and was undone. What was live before it, and is live again, may be what a process left
 * that was killed between its switch and its check. Where that does not work, the release that was live before is made live.
 * @returns the error of the deployment, with what is live now.
 */
export async function backToChecked(
  error: unknown,
  { context, place, base }: { readonly context: DeployContext; readonly place: AppPlace; readonly base: string },
  goTo: GoTo,
): Promise<unknown> {
  if (!(error instanceof DeployFailed) || error.exit !== 'refused') return error;
  const folder = openReleases(base);
  const journal = readJournal(base).filter(({ command }) => command !== 'undeploy');
  const live = folder.at((await findApp(context, place))?.physicalPath);
  const complete = journal.filter(({ outcome }) => outcome === 'done');
  if (live === undefined || complete.some(({ release }) => release === live.id)) return error;
  const isBroken = journal.at(-1)?.release === live.id || (await fails(() => goTo(live)));
  if (!isBroken) return error;
  // The folder of the app itself, where it was live last, is not gone back to: its files are others by now.
  const last = folder.list().find(({ id }) => id === complete.at(-1)?.release);
  const left = `release ${live.id}, which a deployment that was killed has left, does not work`;
  if (last === undefined) return failed(error, `${left}, and stays live: there is none before it`, 'incomplete');
  return (await fails(() => goTo(last)))
    ? failed(error, `${left}, and stays live: nor does release ${last.id}, which was live before it`, 'incomplete')
    : failed(error, `${left}; release ${last.id}, which was live before it, is live again`, 'refused');
}

const fails = (work: () => Promise<unknown>): Promise<boolean> =>
  work().then(
    () => false,
    () => true,
  );

/** Without what the error says of its own undo. */
const failed = (error: DeployFailed, whatIsLive: string, exit: ExitReason): DeployFailed =>
  failureWith(error.cause instanceof DeployFailed ? error.cause : error, whatIsLive, exit) as DeployFailed;
