import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { size as shown } from '../../amounts.js';
import { UserError } from '../../errors.js';
import { isBelow } from '../../files/index.js';
import { listAppFiles, packApp } from '../../pack/index.js';
import { filesToPack } from '../app-files.js';
import { keptReleaseFor } from '../releases/choose-release.js';
import { openReleases } from '../releases/release-folder.js';
import { findApp } from '../steps/run-appcmd.js';
import type { Obstacle, Preflight, PreflightCheck } from './check.js';

/** A file takes whole blocks. */
const block = 4096;
/** For the list of its files, the configuration and deploy's own records. */
const further = 1024 * 1024;

/** Bytes that a copy of these files takes on a disk. */
export const spaceFor = (files: readonly { readonly size: number }[]): number =>
  files.reduce((sum, { size }) => sum + Math.ceil(size / block) * block, further);

/** Why what is copied to a folder has no room there; undefined: it has, or the system does not say. */
export async function withoutSpace(folder: string, needed: number): Promise<Obstacle | undefined> {
  const free = await freeAt(folder);
  if (free === undefined || free >= needed) return undefined;
  return {
    code: 'DISK_FULL',
    what: `a release of the app takes ${shown(needed)}, and the disk of ${folder} has ${shown(free)} free`,
    why: 'IIS serves a copy of the app, beside the releases that are kept.',
    next: 'delete what is not needed there, keep fewer releases (--releases 2), or put them on another disk with --releases-dir',
  };
}

/** Of the disk that a folder is on, or will be. */
async function freeAt(folder: string): Promise<number | undefined> {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const found = await statfs(at).catch(() => undefined);
    if (found !== undefined) return found.bavail * found.bsize;
    if (path.dirname(at) === at) return undefined;
  }
}

async function look(asked: Preflight): Promise<Obstacle | undefined> {
  const { app, plan, context, copiedTo } = asked;
  // What is below it has come already, or is a kept release.
  if (copiedTo === undefined || isBelow(copiedTo, app.directory)) return undefined;
  const files = filesToPack({ ...plan, directory: app.directory }, process, context.signal);
  try {
    const obstacle = await withoutSpace(copiedTo, spaceFor(listAppFiles(files)));
    return obstacle !== undefined && (await isKept(asked, copiedTo, files)) ? undefined : obstacle;
  } catch (error) {
    // What cannot be packed is refused with its own error.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** The same app is a kept release: then nothing is copied. Only asked where that matters, since all files are read. */
async function isKept(
  { context, plan }: Preflight,
  base: string,
  files: ReturnType<typeof filesToPack>,
): Promise<boolean> {
  const folder = openReleases(base);
  const live = folder.at((await findApp(context, plan))?.physicalPath)?.id;
  return keptReleaseFor(await packApp(files), folder, live) !== undefined;
}

export const releaseSpace: PreflightCheck = {
  id: 'release-space',
  title: 'There is space for the release, if one is copied',
  look,
};
