import { findApp } from '../steps/run-appcmd.js';
import { chooseTarget } from '../targets/choose-target.js';
import type { UndeployOptions } from '../types.js';
import { findReleased } from './find-deployment.js';
import { type JournalEntry, readJournal } from './journal.js';
import type { Release } from './release.js';
import { openReleases } from './release-folder.js';

export type ReleasesOptions = Pick<UndeployOptions, 'directory' | 'to' | 'site' | 'path' | 'environment' | 'appcmd'>;

/** The kept releases of an application, as plain data. */
export interface ReleaseList {
  readonly target: string;
  readonly site: string;
  readonly path: string;
  /** The app's own folder. */
  readonly directory: string;
  /** The folder with the releases and the journal. */
  readonly base: string;
  readonly keep: number;
  /** Newest first. */
  readonly releases: readonly (Release & {
    /** IIS serves it now. */
    readonly live: boolean;
    /** The last deployment of it, or rollback to it; undefined: it ended before it could say so. */
    readonly last: JournalEntry | undefined;
  })[];
  /** Names of incomplete releases; the next deployment removes them. */
  readonly leftovers: readonly string[];
}

/** Reads only. @throws UserError NOT_DEPLOYED, NO_RELEASES; what appcmd refuses. */
export async function listReleases(options: ReleasesOptions): Promise<ReleaseList> {
  const record = await findReleased(options);
  const { site, path, target, directory } = record;
  const { base, keep } = record.releases;
  const { context } = chooseTarget({ ...options, to: target }, new AbortController().signal);
  const folder = openReleases(base);
  const live = folder.at((await findApp(context, { siteName: site, vdirPath: path }))?.physicalPath)?.id;
  const journal = readJournal(base);
  const releases = folder.list().map((release) => ({
    ...release,
    live: release.id === live,
    last: journal.findLast((entry) => entry.release === release.id),
  }));
  return { target, site, path, directory, base, keep, releases: releases.reverse(), leftovers: folder.leftovers() };
}
