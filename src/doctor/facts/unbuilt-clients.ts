import { packagesBelow, readManifest } from '../../app/index.js';
import { type Place, placeAt } from '../../source/index.js';
import type { FileFacts } from './facts.js';
import { servedFoldersOf } from './served-folders.js';

/** A folder that the server serves, and that a build has to create first. */
export interface UnbuiltClient {
  /** The package whose build creates it: relative, forward slashes; '' for the app's own. */
  readonly folder: string;
  /** 'client/dist' */
  readonly serves: string;
  /** The script that serves it. */
  readonly at: Place;
}

/** Where the server serves the output of a build that has not run. One for each package. */
export function unbuiltClients({ folder, server }: FileFacts): readonly UnbuiltClient[] {
  const found = new Map<string, UnbuiltClient>();
  for (const script of server.scripts) {
    for (const serves of servedFoldersOf(script)) {
      if (serves.startsWith('..') || serves === '.' || folder.isDirectory(serves)) continue;
      const owner = packagesBelow(folder)
        .filter(({ folder: below }) => serves.startsWith(`${below}/`))
        .sort((a, b) => b.folder.length - a.folder.length)[0];
      const at = owner?.folder ?? '';
      const { scripts } = owner?.manifest ?? readManifest(folder);
      if (scripts.build === undefined || found.has(at)) continue;
      found.set(at, { folder: at, serves, at: placeAt(script.source, 0) });
    }
  }
  return [...found.values()];
}
