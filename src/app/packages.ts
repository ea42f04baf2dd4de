import path from 'node:path';
import { remembered } from '../remembered.js';
import type { AppFolder, ScriptsOfPackage } from '../source/index.js';
import { type Manifest, readManifest } from './manifest.js';

/** A separate package in a folder below the app's. */
export interface PackageBelow {
  /** Relative, forward slashes, as on disk: 'packages/server'. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** The packages below the app's folder, those nearest to it first: workspaces, or `client` and `server` side by side. */
export const packagesBelow = remembered((folder: AppFolder): readonly PackageBelow[] =>
  folder.files
    .filter((file) => /.\/package\.json$/i.test(file))
    .sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1))
    .map((file) => ({ folder: path.posix.dirname(file), manifest: readManifest(folder, file) })),
);

/** A package by its folder, or by its name. */
export function findPackage(folder: AppFolder, place: string): ScriptsOfPackage | undefined {
  const wanted = place.toLowerCase();
  const found =
    packagesBelow(folder).find((each) => each.folder.toLowerCase() === wanted) ??
    packagesBelow(folder).find(({ manifest }) => manifest.name === place);
  return found && { folder: found.folder, scripts: found.manifest.scripts };
}
