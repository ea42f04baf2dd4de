import path from 'node:path';
import { readWrittenFiles } from '../../../source/index.js';
import { watchedNameMatches } from '../../../webconfig/index.js';
import { hasIisnodeHandler } from '../../facts/realtime.js';
import type { FileFacts, RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';

/** Does an entry of watchedFiles match a file (relative to the entry point's folder, forward slashes)? iisnode.md 3.7 */
export function isWatched(entry: string, file: string): boolean {
  const pattern = entry.slice(entry.lastIndexOf('\\') + 1);
  const folder = entry.slice(0, Math.max(0, entry.lastIndexOf('\\'))).replaceAll('\\', '/');
  const inFolder = path.posix.dirname(file).toLowerCase() === (folder === '' ? '.' : folder.toLowerCase());
  // iisnode opens no folder that is not a name below that of the entry point.
  const isName = !/^[a-z]:|(?:^|\/)\.{1,2}(?:\/|$)/i.test(folder);
  if (!inFolder || !isName || pattern === '' || /web\.config$/i.test(pattern)) return false;
  return watchedNameMatches(pattern, path.posix.basename(file));
}

const folderOf = (name: string): string => (name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : '.');

/** The files that the server writes, relative to the folder of the entry point, in which iisnode starts node. */
function writtenFiles(facts: FileFacts): readonly { readonly name: string; readonly at: RuleFinding['at'] }[] {
  const entry = facts.entries.find(({ exists }) => exists);
  if (entry === undefined) return [];
  const base = folderOf(entry.name);
  return facts.server.scripts.flatMap(({ name: script, context }) =>
    (context ? readWrittenFiles(context) : []).map(({ name, from, at }) => {
      const full = path.posix.join(from === 'script' ? folderOf(script) : base, name);
      return { name: path.posix.relative(base, full), at };
    }),
  );
}

/** The app restarts itself (symptoms.md S51). */
export const watchedFileWritten = defineRule({
  code: 'WATCHED_FILE_WRITTEN',
  severity: 'warning',
  title: 'The app writes a file that iisnode watches',
  why: 'iisnode restarts the app after each write: all sockets are closed, what is in memory is lost, and there are new node processes and log files all the time.',
  help: `iisnode restarts the app when a file that matches watchedFiles changes (*.js;iisnode.yml by default, next to the entry point). A file that
the server itself writes there restarts it with the next request. Limit watchedFiles to what a deployment changes (web.config;*.js), or
write data to another folder: a folder is watched only if watchedFiles names it.`,
  check(facts) {
    const { iisnode } = facts;
    if (iisnode === undefined || !hasIisnodeHandler(facts)) return [];
    const watched = iisnode.values.watchedFiles.split(';');
    return writtenFiles(facts).flatMap(({ name, at }): RuleFinding[] => {
      const entry = watched.find((each) => isWatched(each, name));
      if (entry === undefined) return [];
      const message = `The server writes ${name}, and watchedFiles has ${entry}: each write restarts the app.`;
      return [
        { message, fix: 'Write it to a folder of its own, or leave the entry out of watchedFiles', ...(at && { at }) },
      ];
    });
  },
});
