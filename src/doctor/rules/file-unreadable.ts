import path from 'node:path';
import { defineRule } from './define-rule.js';

/** A file of the app that cannot be read, though something has its name. */
export const fileUnreadable = defineRule({
  code: 'FILE_UNREADABLE',
  severity: 'error',
  title: 'A file of the app cannot be read',
  why: 'Neither node nor IIS can read it either: a named pipe makes its reader wait for ever.',
  help: `The rules read package.json, lock files, pages, and the scripts of the server and of its pages. What stands under such a name and is
no regular file (a named pipe, a socket, a device), or may not be read by this user, is reported and not judged: findings about it
may be missing. Replace it by the file it should be, or give the user the right to read it.`,
  check: ({ folder }) =>
    folder.unread.map(({ file, why, problem }) => ({
      message: `${path.relative(folder.root, file)} cannot be read. ${why}`,
      ...(problem === 'not-regular'
        ? {}
        : { why: 'Nothing can be said about it, and the server needs to read it too.' }),
      at: { file, line: 1, column: 1, evidence: '' },
    })),
});
