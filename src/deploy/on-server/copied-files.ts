import { type Dirent, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { UserError } from '../../errors.js';
import { fileLimits, readFileSync, readTailSync } from '../../files/index.js';
import type { CopiedFile } from '../over-ssh/wire.js';

/** The most files of an app, and the most bytes of what is in them. */
const most = { files: 50_000, bytes: 64 * 1024 * 1024, depth: 40 };
/** Of the logs: the newest, and the end of each, in bytes. */
const mostOfLogs = { files: 12, bytes: 65_536 };

/** What is read of an app. Of other files their names count: pictures, and what may be a secret. */
const isRead = (name: string): boolean =>
  /\.(?:[cm]?js|[cm]?ts|[jt]sx|json|config|html?|ya?ml|ejs|hbs|handlebars|mustache|pug|jade|njk|vue|svelte)$/i.test(
    name,
  );

/** Not of the app. */
const isLeftOut = (name: string): boolean => /^(?:\.git|\.svn|\.hg)$/i.test(name);

/** The folders of a package that programs are started from. */
const programFolders = ['bin', 'dist/bin'];

/**
 * A file with its content. @param limit in bytes; a larger file is sent without it.
 * @throws FileError.
 */
export function sentFile(of: CopiedFile['of'], file: string, name: string, limit: number): CopiedFile {
  const { size, mtimeMs } = statSync(file);
  if (size > limit) return { of, path: name, size, mtimeMs };
  return { of, path: name, size, mtimeMs, content: gzipSync(readFileSync(file, limit)).toString('base64') };
}

/** The end of the newest logs of iisnode in a folder; their names have the time of their first line. @throws system errors; FileError. */
export function logsIn(folder: string): readonly CopiedFile[] {
  const begun = (name: string): number => Number(/-(\d{10,14})\.txt$/.exec(name)?.[1] ?? 0);
  const names = readdirSync(folder).filter((name) => /-(?:stdout|stderr)-\d{10,14}\.txt$/.test(name));
  const newest = names.sort((one, other) => begun(other) - begun(one)).slice(0, mostOfLogs.files);
  return newest.map((name) => {
    const { bytes, changed } = readTailSync(path.join(folder, name), mostOfLogs.bytes);
    return {
      of: 'logs',
      path: name,
      size: bytes.length,
      mtimeMs: changed,
      content: gzipSync(bytes).toString('base64'),
    };
  });
}

/**
 * The files of an app as the rules need them: the names of all, the contents of those that are read; of its packages package.json, and
 * the names of their programs.
 * @param logs the folder of its logs, which is no part of it.
 * @throws UserError APP_TOO_LARGE_TO_COPY; system errors for the folder itself.
 */
export function* filesOfApp(directory: string, logs: string | undefined): Generator<CopiedFile, void, void> {
  let [count, bytes] = [0, 0];
  for (const { name, isPackage } of namesBelow(directory, '', logs, 0)) {
    const file = path.join(directory, name);
    const isContent = isPackage ? /(?:^|\/)package\.json$/.test(name) : isRead(name);
    const sent = quietly(() => sentFile('app', file, name, isContent ? fileLimits.source : -1));
    if (sent === undefined) continue;
    count += 1;
    bytes += sent.content === undefined ? 0 : sent.size;
    if (count > most.files || bytes > most.bytes) throw tooLarge(directory);
    yield sent;
  }
}

interface Name {
  /** With / between the folders. */
  readonly name: string;
  readonly isPackage: boolean;
}

function* namesBelow(
  root: string,
  below: string,
  logs: string | undefined,
  depth: number,
): Generator<Name, void, void> {
  const folder = path.join(root, below);
  const entries = below === '' ? readdirSync(folder, { withFileTypes: true }) : entriesOf(folder);
  for (const entry of entries) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (isLeftOut(entry.name) || path.join(root, name) === logs) continue;
    if (entry.isFile() || entry.isSymbolicLink()) yield { name, isPackage: false };
    else if (!entry.isDirectory() || depth > most.depth) continue;
    else if (entry.name === 'node_modules') yield* packagesBelow(root, name);
    else yield* namesBelow(root, name, logs, depth + 1);
  }
}

function* packagesBelow(root: string, below: string): Generator<Name, void, void> {
  for (const { name } of entriesOf(path.join(root, below))) {
    const at = `${below}/${name}`;
    if (name.startsWith('@')) yield* packagesBelow(root, at);
    else if (!name.startsWith('.')) {
      yield { name: `${at}/package.json`, isPackage: true };
      for (const folder of programFolders)
        for (const program of entriesOf(path.join(root, at, folder)))
          yield { name: `${at}/${folder}/${program.name}`, isPackage: true };
    }
  }
}

/** None where it cannot be read: the folder is empty then. */
function entriesOf(folder: string): readonly Dirent[] {
  return quietly(() => readdirSync(folder, { withFileTypes: true })) ?? [];
}

/** What is gone, or closed to this user, is left out. */
function quietly<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError || (error instanceof Error && 'code' in error)) return undefined;
    throw error;
  }
}

const tooLarge = (directory: string): UserError =>
  new UserError('APP_TOO_LARGE_TO_COPY', {
    what: `the app in ${directory} is too large to be examined from here`,
    why: `It has more than ${most.files} files, or more than ${most.bytes / 1024 / 1024} MB of sources.`,
    next: 'name a folder with the same app here: doctor FOLDER --server ...; or run the doctor on the server',
    exit: 'refused',
  });
