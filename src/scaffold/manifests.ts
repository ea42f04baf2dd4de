import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileLimits, readFileSync } from '../files/index.js';

/** The manifests with that file name in the folders below `folder`, with the folders' names and absolute paths. */
export function readManifests<T extends { readonly name: string; readonly root: string }>(
  folder: string,
  file: string,
): T[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(path.join(folder, entry.name, file)))
    .map(({ name }) => {
      const root = path.join(folder, name);
      return { ...JSON.parse(readFileSync(path.join(root, file), fileLimits.config).toString()), name, root } as T;
    });
}
