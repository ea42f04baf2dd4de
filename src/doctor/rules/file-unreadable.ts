import path from 'node:path';
import type { Facts, Place, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';

const start = (file: string): Place => ({ file, line: 1, column: 1, evidence: '' });

function unreadFiles({ folder, unread }: Facts): RuleFinding[] {
  return unread.map(({ file, why, problem }) => ({
    message: `${path.relative(folder.root, file)} cannot be read. ${why}`,
    ...(problem !== 'not-regular' && { why: 'Nothing can be said about it, and the server needs to read it too.' }),
    at: start(file),
  }));
}

/** What iisnode runs and nothing was read of: there is one reason left. */
function largeEntries({ entries, unread, server }: Facts): RuleFinding[] {
  const isUnread = (file: string): boolean => unread.some((other) => other.file === file);
  return entries
    .filter(
      (entry) => entry.exists && entry.from !== 'name' && server.from(entry).length === 0 && !isUnread(entry.file),
    )
    .map(({ name, file }) => ({
      severity: 'info' as const,
      message: `${name} is too large to be examined (2 MB is the limit).`,
      why: 'The rules about the code of the server say nothing.',
      at: start(file),
    }));
}

/** A file of the app that cannot be read, though something has its name. */
export const fileUnreadable = defineRule({
  code: 'FILE_UNREADABLE',
  severity: 'error',
  title: 'A file of the app cannot be read',
  why: 'Neither node nor IIS can read it either: a named pipe makes its reader wait for ever.',
  help: `The rules read package.json, lock files, pages, and the scripts of the server and of its pages. What stands under such a name and is
no regular file (a named pipe, a socket, a device), or may not be read by this user, is reported and not judged: findings about it
may be missing. Replace it by the file it should be, or give the user the right to read it. Scripts of more than 2 MB are bundles, which
are not examined; an entry point that is one is mentioned.`,
  check: (facts) => [...unreadFiles(facts), ...largeEntries(facts)],
});
