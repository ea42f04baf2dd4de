import { existsSync, readdirSync, rmSync } from 'node:fs';
import { copyFile, constants as flags, rm, rmdir, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { fileLimits, makeFolder, readIfThereSync, WriteError, writeFileAtomic } from '../../files/index.js';
import { appChanged, type KnownFiles, type PackedApp, type PackedFile } from '../../pack/index.js';
import { filesIn, isReleaseId, type Release, releaseIn } from './release.js';

/** Reports how much of a release is copied. */
export interface CopyWork {
  readonly signal: AbortSignal;
  readonly progress: (note: string) => void;
}

/** The releases of one application, in a folder of their own on this machine. */
export interface ReleaseFolder {
  /** Has the folder `releases`, the journal and the lock. */
  readonly base: string;
  /** The physical path of a release, which need not exist. */
  folderOf(id: string): string;
  /** The release that has this physical path. */
  at(physicalPath: string | undefined): Release | undefined;
  /** The complete ones, oldest first. */
  list(): readonly Release[];
  /** The files of a release, to compare with; undefined when it is incomplete. */
  filesOf(id: string): KnownFiles | undefined;
  /** Names in the folder `releases` that belong to no complete release: an ended deployment has left them. */
  leftovers(): readonly string[];
  /** Copies an app. @throws UserError APP_CHANGED; WriteError; the signal's reason. */
  copy(release: Release, app: PackedApp, work: CopyWork): Promise<void>;
  /** Makes the files in a release's folder, which are those of the app, a release. @throws WriteError. */
  complete(release: Release, app: PackedApp): Promise<void>;
  /** Removes a release, or what is left of one. @throws the system's error, when a file is in use; then it is a leftover. */
  remove(id: string): Promise<void>;
  /** Makes a release incomplete: it is a leftover from then on. */
  discard(id: string): Promise<void>;
  /** What is left of a switch that has begun: its call and the recycle, or the recycle alone. */
  unfinished(): Unfinished | undefined;
  setUnfinished(unfinished: Unfinished | undefined): Promise<void>;
  /** Changes the time of a release's web.config: its loader, or the app itself, then sends its clients to the next process. */
  notifyClients(physicalPath: string | undefined): Promise<void>;
}

/** Also after the process was killed: a pool that was not recycled still runs the former processes. */
export type Unfinished = 'switch' | 'recycle';

/** The list of 300,000 files. */
const longestList = 128 * 1024 * 1024;
const copiesAtOnce = 8;

export function openReleases(base: string): ReleaseFolder {
  const releases = path.join(base, 'releases');
  const folderOf = (id: string): string => path.join(releases, id);
  const { names, textOf, releaseOf, list, leftovers } = readerOf(releases);
  const switchingFile = path.join(base, 'switching');
  const complete: ReleaseFolder['complete'] = async (release, app) => {
    await writeFileAtomic(path.join(releases, `${release.id}.files.json`), `${JSON.stringify(app.files)}\n`);
    // Last: it makes the release complete.
    await writeFileAtomic(path.join(releases, `${release.id}.json`), `${JSON.stringify({ version: 1, ...release })}\n`);
  };
  const discard = (id: string): void => {
    for (const name of [`${id}.json`, `${id}.files.json`]) rmSync(path.join(releases, name), { force: true });
  };
  return {
    base,
    folderOf,
    list,
    leftovers,
    at: (physicalPath) => list().find(({ id }) => folderOf(id) === physicalPath),
    filesOf: (id) => {
      const [release, text] = [releaseOf(id), textOf(`${id}.files.json`)];
      const files = text === undefined ? undefined : filesIn(text);
      if (release === undefined || files === undefined) return undefined;
      return { files: new Map(files.map((file) => [file.path, file])), at: Date.parse(release.created) };
    },
    copy: async (release, app, work) => {
      // A name of an earlier attempt in the same second.
      await rm(folderOf(release.id), { recursive: true, force: true });
      await copyFiles(folderOf(release.id), app, work);
      await complete(release, app);
    },
    complete,
    discard: async (id) => discard(id),
    remove: async (id) => {
      discard(id);
      await rm(folderOf(id), { recursive: true, force: true, maxRetries: 2 });
      if (names().length === 0) await rmdir(releases).catch(() => undefined);
    },
    unfinished: () => {
      const text = readIfThereSync(switchingFile, fileLimits.config)?.toString('utf8');
      return text === undefined ? undefined : text === 'switch' ? 'switch' : 'recycle';
    },
    setUnfinished: async (unfinished) => {
      if (unfinished === undefined) rmSync(switchingFile, { force: true });
      else await writeFileAtomic(switchingFile, unfinished);
    },
    notifyClients: async (physicalPath) => {
      if (physicalPath === undefined || path.dirname(physicalPath) !== releases) return;
      const now = new Date();
      // Without it they are cut off when the old processes end, and connect again then.
      await utimes(path.join(physicalPath, 'web.config'), now, now).catch(() => undefined);
    },
  };
}

/** What is in the folder `releases`, which need not exist. */
function readerOf(releases: string) {
  const names = (): readonly string[] => (existsSync(releases) ? readdirSync(releases).sort() : []);
  const textOf = (name: string): string | undefined =>
    readIfThereSync(path.join(releases, name), longestList)?.toString('utf8');
  const releaseOf = (id: string): Release | undefined => {
    if (!isReleaseId(id) || !existsSync(path.join(releases, id))) return undefined;
    const release = releaseIn(textOf(`${id}.json`) ?? '');
    return release?.id === id ? release : undefined;
  };
  const list = (): readonly Release[] => names().flatMap((id) => releaseOf(id) ?? []);
  const leftovers = (): readonly string[] => {
    const complete = new Set(list().map(({ id }) => id));
    const ids = new Set(names().map((name) => name.replace(/(?:\.files)?\.json$/, '')));
    return [...ids].filter((name) => isReleaseId(name) && !complete.has(name));
  };
  return { names, textOf, releaseOf, list, leftovers };
}

async function copyFiles(folder: string, app: PackedApp, { signal, progress }: CopyWork): Promise<void> {
  makeFolder(folder);
  const made = new Set([folder]);
  const waiting = app.files.values();
  let copied = 0;
  const failed = new AbortController();
  const copyNext = async (): Promise<void> => {
    for (const file of waiting) {
      signal.throwIfAborted();
      if (failed.signal.aborted) return;
      const to = path.join(folder, ...file.path.split('/'));
      if (!made.has(path.dirname(to))) makeFolder(path.dirname(to));
      made.add(path.dirname(to));
      await copyOne(app.sources.get(file.path) ?? '', to, file).catch((error: unknown) => {
        failed.abort();
        throw error;
      });
      copied++;
      if (copied % 500 === 0) progress(`${copied} of ${app.files.length} files copied`);
    }
  };
  // All have ended when one has failed: an undo must not meet a file that is still being written.
  const results = await Promise.allSettled(Array.from({ length: copiesAtOnce }, copyNext));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

async function copyOne(from: string, to: string, { path: name, size, mtimeMs }: PackedFile): Promise<void> {
  try {
    await copyFile(from, to, flags.COPYFILE_EXCL | flags.COPYFILE_FICLONE);
    await utimes(to, mtimeMs / 1000, mtimeMs / 1000);
  } catch (cause) {
    throw new WriteError(to, 'file', cause);
  }
  const now = await stat(from).catch(() => undefined);
  if (now?.size === size && now.mtimeMs === mtimeMs) return;
  throw appChanged(name, 'copied', 'release');
}
