import { type Stats, statSync } from 'node:fs';
import type { SiteModel } from '../../config/index.js';
import type { Target } from '../stages/path-pattern.js';
import type { ConfigSnapshot } from './path-config.js';

/** File status, or undefined for what is not there or cannot be looked at. */
export function statOf(physicalPath: string): Stats | undefined {
  try {
    return statSync(physicalPath, { throwIfNoEntry: false });
  } catch {
    return undefined; // ENAMETOOLONG, EACCES, a NUL in the name: for a client it is not there
  }
}

/** What stands at a URL path of a site. */
export function targetAt(snapshot: ConfigSnapshot, site: SiteModel, path: string): Target {
  const stats = statOf(snapshot.at(site, path).at.physicalPath);
  if (stats === undefined) return 'missing';
  return stats.isDirectory() ? 'directory' : 'file';
}
