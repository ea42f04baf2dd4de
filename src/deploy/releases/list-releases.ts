import { isSsh } from '../../ssh/index.js';
import { releasesOverSsh } from '../over-ssh/commands.js';
import { requireTargets } from '../server-names.js';
import { findApp } from '../steps/run-appcmd.js';
import { chooseTarget } from '../targets/choose-target.js';
import { findReleased } from './find-deployment.js';
import { readJournal } from './journal.js';
import { openReleases } from './release-folder.js';
import type { ReleaseList, ReleasesOptions } from './release-list.js';

/** Reads only. @throws UserError NOT_DEPLOYED, NO_RELEASES; what appcmd refuses. */
export async function listReleases(options: ReleasesOptions): Promise<ReleaseList> {
  requireTargets([options.to]);
  if (isSsh(options.to)) return releasesOverSsh(options);
  const record = await findReleased(options, 'releases');
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
