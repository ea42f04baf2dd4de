import type { PackedApp } from '../../pack/index.js';
import { type Release, releaseId, releaseTime } from './release.js';
import type { ReleaseFolder } from './release-folder.js';

/**
 * The kept release that an app is: the live one when it is the same, one that is newer than the live one and the same (an ended
 * deployment, or a rollback, has left it); undefined: it needs a new one.
 * @param live The id of the live release.
 */
export function keptReleaseFor(
  { hash }: Pick<Release, 'hash'>,
  releases: Pick<ReleaseFolder, 'list'>,
  live: string | undefined,
): Release | undefined {
  const same = releases.list().filter((one) => one.hash === hash);
  return same.find(({ id }) => id === live) ?? same.findLast(({ id }) => live === undefined || id > live);
}

/** The release for an app: one that is kept, else a new one. @param live The id of the live release. */
export function releaseFor(
  app: Pick<PackedApp, 'hash' | 'size' | 'files'>,
  releases: ReleaseFolder,
  { live, who, now }: { readonly live: string | undefined; readonly who: string; readonly now: number },
): Release {
  return keptReleaseFor(app, releases, live) ?? newRelease({ ...app, count: app.files.length }, releases, { who, now });
}

/** A release that sorts after all others, also where two are made in the same second, or the clock was put back. */
export function newRelease(
  { hash, size, count }: Pick<Release, 'hash' | 'size' | 'count'>,
  releases: Pick<ReleaseFolder, 'list'>,
  { who, now }: { readonly who: string; readonly now: number },
): Release {
  const newest = releases.list().map(({ id }) => releaseTime(id));
  const time = Math.max(now, ...newest.map((each) => each + 1_000));
  return { id: releaseId(time, hash), hash, size, count, created: new Date(time).toISOString(), who };
}
