import type { PackedApp } from '../../pack/index.js';
import { type Release, releaseId } from './release.js';
import type { ReleaseFolder } from './release-folder.js';

/**
 * The release for an app: the live one when it is the same, one that is newer than the live one and the same (an ended deployment, or
 * a rollback, has left it), else a new one.
 * @param live The id of the live release.
 */
export function releaseFor(
  app: Pick<PackedApp, 'hash' | 'size' | 'files'>,
  releases: ReleaseFolder,
  { live, who, now }: { readonly live: string | undefined; readonly who: string; readonly now: number },
): Release {
  const same = releases.list().filter(({ hash }) => hash === app.hash);
  const found = same.find(({ id }) => id === live) ?? same.reverse().find(({ id }) => live === undefined || id > live);
  return (
    found ?? {
      id: releaseId(now, app.hash),
      hash: app.hash,
      size: app.size,
      count: app.files.length,
      created: new Date(now).toISOString(),
      who,
    }
  );
}
