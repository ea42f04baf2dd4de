import path from 'node:path';
import { isBuilt } from '../../app/index.js';
import { type AppFolder, clientTarget, type PageFacts, type SocketClient } from '../../source/index.js';

/**
 * The pages without what a build copied from the app's own sources: a client, or a request, that is in a file of a build and in a
 * source as well is the same one, and is changed in the source.
 */
export function withoutBuilt(folder: AppFolder, pages: readonly PageFacts[]): readonly PageFacts[] {
  const isMade = builtFiles(folder);
  const isOfBuild = ({ at, isInBundle }: SocketClient): boolean => isInBundle === true || isMade(at.file);
  const sources = pages.flatMap((page) => page.clients.filter((client) => !isOfBuild(client)));
  const requests = pages.flatMap((page) => page.requests.filter(({ at }) => !isMade(at.file)).map(({ url }) => url));
  return pages.map((page) => ({
    ...page,
    clients: page.clients.filter((client) => !isOfBuild(client) || !sources.some((source) => isCopy(client, source))),
    requests: page.requests.filter(({ url, at }) => !isMade(at.file) || !requests.includes(url)),
  }));
}

/** An address that only the bundle has was written into it by the build. */
function isCopy(built: SocketClient, source: SocketClient): boolean {
  const isOwn = built.isInBundle && clientTarget(built) === 'local' && addressOf(built) !== addressOf(source);
  return !isOwn && pathOf(built) === pathOf(source);
}

const addressOf = ({ url }: SocketClient): unknown => (url?.value.kind === 'literal' ? url.value.value : undefined);

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
