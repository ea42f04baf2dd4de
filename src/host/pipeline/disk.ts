import { type Stats, statSync } from 'node:fs';
import type { SiteModel } from '../../config/index.js';
import type { Target } from '../stages/path-pattern.js';
import type { ConfigSnapshot } from './path-config.js';

/** What was looked at since the event loop last called: rules, handler mapping and handler ask for the same few files. */
const looked = new Map<string, Stats | undefined>();

/** File status, or undefined for what is not there or cannot be looked at; the same until the running callback returns. */
export function statOf(physicalPath: string): Stats | undefined {
  if (looked.has(physicalPath)) return looked.get(physicalPath);
  if (looked.size === 0) queueMicrotask(() => looked.clear());
  const stats = look(physicalPath);
  looked.set(physicalPath, stats);
  return stats;
}

function look(physicalPath: string): Stats | undefined {
  try {
    return statSync(physicalPath, { throwIfNoEntry: false });
  } catch {
    return undefined; // ENAMETOOLONG, EACCES, a NUL in the name: for a client it is not there
  }
}

/**
 * What stands at a URL path of a site. A named pipe, a socket or a device is no file: Windows has none in its folders, and the names
 * it keeps for devices are not found either.
 */
export function targetAt(snapshot: ConfigSnapshot, site: SiteModel, path: string): Target {
  const stats = statOf(snapshot.at(site, path).at.physicalPath);
  if (stats === undefined) return 'missing';
  if (stats.isDirectory()) return 'directory';
  return stats.isFile() ? 'file' : 'missing';
}
