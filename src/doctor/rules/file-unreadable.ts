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

/** In MB, as in src/source/app-script.ts and src/files/read-file.ts. */
const limits = { code: 4, file: 32 };

/** Entry points that were not read: the only remaining reason is their size. */
function largeEntries({ entries, query }: FileFacts): RuleFinding[] {
  const isUnread = (file: string): boolean => query.unread().some((other) => other.file === file);
  return entries
    .filter((entry) => entry.from !== 'name' && query.scriptsOf(entry).length === 0)
    .map(programOf)
    .filter(({ name, file, exists }) => exists && !name.includes('node_modules/') && !isUnread(file))
    .map(({ name, file }) => ({
      severity: 'info' as const,
      message: `${name} is too large to be examined: the limit is ${limits.code} MB of the app's own code, in a bundle of ${limits.file} MB.`,
      why: 'Where it listens, the paths of its sockets, its routes and its requests to other servers are not checked; init starts it with the loader.',
      fix: 'build it without its packages (packages: "external" of esbuild), or without minifying, so that it names the files of packages',
      at: start(file),
    }));
}

const inMegabytes = (units: number): string => `${(units / 1024 / 1024).toFixed(units < 10 * 1024 * 1024 ? 1 : 0)} MB`;

/** Bundles of which a part was examined. */
function partlyRead({ entries, query }: FileFacts): RuleFinding[] {
  return entries.flatMap((entry) =>
    query.scriptsOf(entry).flatMap(({ name, source, context }) => {
      const { leftOut = 0 } = context?.script ?? {};
      if (leftOut === 0) return [];
      return [
        {
          severity: 'info' as const,
          message: `${name} is a bundle that does not name the files of packages, and ${inMegabytes(leftOut)} of its code were not examined: what the entry loads last, and modules of more than 0.5 MB.`,
          why: 'If code of the app itself is in them, its routes, its sockets and its requests to other servers are not checked.',
          fix: 'build it with a source map, without its packages (packages: "external" of esbuild), or without minifying',
          at: start(source.file),
        },
      ];
    }),
  );
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
may be missing. A folder that this user must not list is a warning: what is in it counts as missing. Replace it with the right file, or give the user permission to read it. Of a script of more than 2 MB, only an entry point is examined, and of
that the code that is not of packages, as the comments of esbuild and webpack tell it: up to 4 MB, in a file of up to 32 MB. Where no
comments tell it (a minified bundle, one of ncc), up to 1 MB are examined of a bundle of more than 4 MB: the entry and the modules that
it loads, the nearest first. What was not examined is reported.`,
  check: (facts) => [...unreadFiles(facts), ...unreadFolders(facts), ...largeEntries(facts), ...partlyRead(facts)],
});
