import { createHash } from 'node:crypto';
import { Zip, ZipDeflate } from 'fflate';
import { UserError } from '../errors.js';
import { openRegularFile } from '../files/index.js';
import { appChanged } from './app-changed.js';
import type { PackedApp } from './pack-app.js';
import type { PackedFile } from './types.js';
import { zipMark } from './zip-mark.js';

/** Of zip deploy, in bytes (deploying.md 2.4). */
const largest = 2048 * 1024 * 1024;
/** Of a zip file without the extension zip64. */
const mostEntries = 65_535;
const level = 6;
const chunkSize = 128 * 1024;

/** An app as a zip file, in parts: its paths at the root, with forward slashes. The same app gives the same bytes everywhere. */
export interface ZippedApp {
  readonly parts: AsyncGenerator<Uint8Array, void, void>;
  /** What the file ends with, but for its last 22 bytes: the comment of its last entry. It has the hash of the app. */
  readonly mark: string;
}

/**
 * Compresses an app. Of each file a part is in memory.
 * @throws UserError ZIP_TOO_LARGE for too many files. `parts` throws it for too many bytes, and APP_CHANGED, FileError and the
 *   signal's reason.
 */
export function zipApp(app: PackedApp, signal?: AbortSignal): ZippedApp {
  if (app.files.length > mostEntries) throw tooLarge(`${app.files.length} files`, `${mostEntries} files`);
  const mark = zipMark(app.hash);
  return { mark, parts: partsOf(app, mark, signal) };
}

async function* partsOf(app: PackedApp, mark: string, signal?: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
  const ready: Uint8Array[] = [];
  let failure: Error | undefined;
  const zip = new Zip((error, part) => {
    if (error !== null) failure = error;
    else ready.push(part);
  });
  let written = 0;
  const last = app.files.at(-1);
  for (const file of app.files) {
    const entry = new ZipDeflate(file.path, { level });
    entry.mtime = timeOf(file);
    if (file === last) entry.comment = mark;
    zip.add(entry);
    for await (const content of contentOf(app, file, signal)) {
      entry.push(content);
      yield* flush();
    }
    entry.push(new Uint8Array(0), true);
    yield* flush();
  }
  zip.end();
  yield* flush();

  function* flush(): Generator<Uint8Array, void, void> {
    if (failure !== undefined) throw failure;
    for (const part of ready.splice(0)) {
      written += part.length;
      if (written > largest) throw tooLarge('more than 2 GB', '2 GB');
      yield part;
    }
  }
}

/** @throws UserError APP_CHANGED when it is no longer what was hashed. */
async function* contentOf(
  { sources }: PackedApp,
  { path, sha256 }: PackedFile,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const hash = createHash('sha256');
  const { handle } = await openRegularFile(sources.get(path) ?? '');
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(chunkSize), 0, chunkSize, null);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
  if (hash.digest('hex') === sha256) return;
  throw appChanged(path, 'packed', 'package');
}

/**
 * A time for a file's entry, made of its content: the same files give the same zip on each machine, and a file that has changed
 * has another time. Kudu copies what differs in its time (deploying.md 2.4): one time for all would leave changed files of the
 * same size on the server as they were. Only hours at which no time zone changes its clock: a zip has local times.
 */
function timeOf({ sha256 }: PackedFile): Date {
  let rest = Number.parseInt(sha256.slice(0, 12), 16);
  const next = (count: number): number => {
    const value = rest % count;
    rest = Math.floor(rest / count);
    return value;
  };
  return new Date(2000 + next(10), next(12), 1 + next(28), 6 + next(14), next(60), 2 * next(30));
}

const tooLarge = (what: string, limit: string): UserError =>
  new UserError('ZIP_TOO_LARGE', {
    what: `the app has ${what}: too much for a zip package`,
    why: `A package of App Service has at most ${limit}.`,
    next: 'let the server install the packages (--install-on-server), or name what does not run in .deployignore',
    exit: 'refused',
  });
