import type { DeploymentRecord } from '../plan.js';
import type { DeployContext } from '../step.js';
import { findApp } from '../steps/run-appcmd.js';
import { completeOf, readJournal } from './journal.js';
import { openReleases } from './release-folder.js';

interface Released {
  readonly releases?: { readonly base: string; readonly live?: string };
}

/**
 * The id of the release that IIS serves; undefined: none. The record alone does not tell: it names the next release before that is copied,
 * and a deployment may be killed then.
 * @param physicalPath of the application, as IIS has it; undefined or '': it is unknown.
 */
export function liveRelease(record: Released, physicalPath: string | undefined): string | undefined {
  if (physicalPath === undefined || physicalPath === '') return recordedRelease(record);
  // Its name alone: appcmd may show other letters of the folders above it.
  const name = physicalPath.split(/[\\/]/).at(-1);
  return completeIn(record).find((id) => id === name);
}

/**
 * What deploy itself has written of it: a release that is incomplete is not live yet, and the one before it is. So it is with one that is
 * complete, but not by the last command that was: its deployment, or its rollback, was killed, mostly before its switch.
 */
export function recordedRelease(record: Released): string | undefined {
  const { live, base } = record.releases ?? {};
  if (live === undefined || base === undefined) return undefined;
  const complete = completeIn(record);
  const last = completeOf(readJournal(base)).at(-1)?.release;
  const before = complete.find((id) => id === last);
  if (!complete.includes(live)) return before;
  const isSwitched = last === live || openReleases(base).unfinished() === 'recycle';
  return isSwitched ? live : (before ?? live);
}

/** The record with the release that IIS serves, as far as IIS can be asked. */
export async function withLiveRelease(
  record: DeploymentRecord,
  context: Pick<DeployContext, 'appcmd'>,
): Promise<DeploymentRecord> {
  if (record.releases === undefined) return record;
  const served = await findApp(context, { siteName: record.site, vdirPath: record.path }).catch(() => undefined);
  const { live: _written, ...rest } = record.releases;
  const live = liveRelease(record, served?.physicalPath);
  return { ...record, releases: { ...rest, ...(live !== undefined && { live }) } };
}

const completeIn = ({ releases }: Released): readonly string[] =>
  releases === undefined
    ? []
    : openReleases(releases.base)
        .list()
        .map(({ id }) => id);
