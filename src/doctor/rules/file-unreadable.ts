import path from 'node:path';
import { programOf } from '../../app/index.js';
import type { FileFacts, Place, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';

const start = (file: string): Place => ({ file, line: 1, column: 1, evidence: '' });

function unreadFiles({ folder, query }: FileFacts): RuleFinding[] {
  const folders = new Set(folder.listing.refused.map(({ file }) => file));
  const files = query.unread().filter(({ file }) => !folders.has(file));
  return files.map(({ file, why, problem }) => ({
    message: `${path.relative(folder.root, file)} cannot be read. ${why}`,
    ...(problem !== 'not-regular' && { why: 'It cannot be checked, and the server must be able to read it too.' }),
    at: start(file),
  }));
}

/** What is in them is unknown: they may belong to another program, or hold the app's own code. */
function unreadFolders({ folder }: FileFacts): RuleFinding[] {
  return folder.listing.refused.map(({ file, why }) => ({
    severity: 'warning' as const,
    message: `The folder ${path.relative(folder.root, file)} was not read. ${why}`,
    why: 'What is in it was not checked and counts as missing; if the app needs it, the account of the application pool must be able to read it.',
    at: start(file),
  }));
}

/** Entry points that were not read: the only remaining reason is their size. */
function largeEntries({ entries, query }: FileFacts): RuleFinding[] {
  const isUnread = (file: string): boolean => query.unread().some((other) => other.file === file);
  return entries
    .filter((entry) => entry.from !== 'name' && query.scriptsOf(entry).length === 0)
    .map(programOf)
    .filter(({ name, file, exists }) => exists && !name.includes('node_modules/') && !isUnread(file))
    .map(({ name, file }) => ({
      severity: 'info' as const,
      message: `${name} is too large to be examined (2 MB is the limit).`,
      why: "The rules about the server's code do not check it.",
      at: start(file),
    }));
}

/** A file of the app exists, but cannot be read. */
export const fileUnreadable = defineRule({
  code: 'FILE_UNREADABLE',
  severity: 'error',
  explains: [
    'APP_NOT_STARTED',
    'PAGE_FAILED',
    { finding: 'APP_CRASHED', saying: /EACCES|EPERM|EISDIR|ENXIO|not a regular file/ },
  ],
  title: 'A file or a folder of the app cannot be read',
  why: 'node and IIS cannot read it either: a reader of a named pipe waits forever.',
  help: `The rules read package.json, lock files, pages, and the scripts of the server and of its pages. If such a file is not a regular
file (but a named pipe, a socket, a device), or this user has no permission to read it, it is reported and not checked: findings about it
may be missing. A folder that this user must not list is a warning: what is in it counts as missing. Replace it with the right file, or give the user permission to read it. Scripts of more than 2 MB are treated as bundles
and not examined; for an entry point this is reported.`,
  check: (facts) => [...unreadFiles(facts), ...unreadFolders(facts), ...largeEntries(facts)],
});
