import path from 'node:path';
import type { FileFacts } from './facts.js';
import { servedFoldersOf } from './served-folders.js';

/** Settings that are often secret, keys, and databases. */
const secret = new RegExp(
  [
    String.raw`(?:^|\/)(?:config|secrets?|settings|credentials|appsettings|database|ormconfig|serviceaccount)[\w.-]*\.(?:json|ya?ml)$`,
    String.raw`(?:^|\/)(?:config|conf|settings|secrets?|credentials|private|keys|certs?)\/(?:.*\/)?[^/]+\.(?:json|ya?ml)$`,
    String.raw`(?:^|\/)\.env[\w.-]*$`,
    String.raw`\.(?:pem|key|pfx|p12|jks|sqlite3?|db|sql|bak)$`,
  ].join('|'),
  'i',
);
/** What is in there is meant for visitors. */
const forVisitors = /(?:^|\/)(?:public|static|www|wwwroot|client|assets)\//i;

/** Scripts that the server loads, the sources they are compiled from, and their source maps: relative, forward slashes. */
export function serverScripts({ server, folder }: FileFacts): readonly string[] {
  const names = server.scripts.flatMap(({ name, loaded }) => (loaded === undefined ? [] : [loaded.name, name]));
  const maps = names.map((name) => `${name}.map`).filter((name) => folder.isFile(name));
  return [...new Set([...names, ...maps])];
}

/**
 * Files of the app with settings or keys that no page names, and that the server itself does not publish: relative, forward slashes.
 *
 * @param isReached Can visitors get this file? The pages are read only where there is one.
 */
export function secretFiles(facts: FileFacts, isReached: (name: string) => boolean): readonly string[] {
  const found = facts.folder.files.filter((name) => secret.test(name) && !forVisitors.test(name) && isReached(name));
  if (found.length === 0) return [];
  const published = facts.server.scripts
    .flatMap(servedFoldersOf)
    .filter((folder) => folder !== '.' && !folder.startsWith('..'));
  const read = new Set(facts.pages.flatMap(({ name, files }) => [name, ...files]));
  const texts = [...read].map((name) => facts.folder.read(name) ?? '');
  return found.filter(
    (name) =>
      !published.some((folder) => name.startsWith(`${folder}/`)) &&
      !texts.some((text) => text.includes(path.posix.basename(name))),
  );
}
