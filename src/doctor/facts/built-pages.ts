import path from 'node:path';
import { isBuilt } from '../../app/index.js';
import type { AppFolder, PageFacts, SocketClient } from '../../source/index.js';

/**
 * The pages without what a build copied from the app's own sources: a client, or a request, that is in a file of a build and in a
 * source as well is the same one, and is changed in the source.
 */
export function withoutBuilt(folder: AppFolder, pages: readonly PageFacts[]): readonly PageFacts[] {
  const isMade = builtFiles(folder);
  const clients = pages.flatMap((page) => page.clients.filter(({ at }) => !isMade(at.file)).map(pathOf));
  const requests = pages.flatMap((page) => page.requests.filter(({ at }) => !isMade(at.file)).map(({ url }) => url));
  return pages.map((page) => ({
    ...page,
    clients: page.clients.filter((client) => !isMade(client.at.file) || !clients.includes(pathOf(client))),
    requests: page.requests.filter(({ url, at }) => !isMade(at.file) || !requests.includes(url)),
  }));
}

/** What a minifier does not change of a client: the path that it requests. */
function pathOf({ options: { path: option } }: SocketClient): string {
  if (option === undefined) return '';
  return option.value.kind === 'literal' ? String(option.value.value) : '?';
}

/** Is it, by its absolute name, created by a build of the app or of a package below it? */
function builtFiles(folder: AppFolder): (file: string) => boolean {
  const known = new Map<string, boolean>();
  return (file) => {
    const found = known.get(file) ?? isBuilt(folder, path.relative(folder.root, file).replaceAll(path.sep, '/'));
    known.set(file, found);
    return found;
  };
}
