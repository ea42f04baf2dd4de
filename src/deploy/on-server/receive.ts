import { createHash } from 'node:crypto';
import { utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../errors.js';
import { FileError, makeFolder, openRegularFile, WriteError } from '../../files/index.js';
import { hashOfApp, type PackedApp, type PackedFile, windowsPathFault } from '../../pack/index.js';
import type { Channel } from '../../ssh/index.js';
import { groupDigests, groupOf, inOrder } from '../over-ssh/file-groups.js';
import type { ListedFile, RemoteApp, SentList } from '../over-ssh/wire.js';
import { keptReleaseFor, newRelease } from '../releases/choose-release.js';
import { whoIsIt } from '../releases/journal.js';
import type { Release } from '../releases/release.js';
import type { ReleaseFolder } from '../releases/release-folder.js';
import { cut, readList, Slices, unpacked } from './incoming.js';

/** An app that has come. */
export interface Received {
  readonly app: PackedApp;
  /** Its folder. */
  readonly directory: string;
  /** It is in the folder of this release, which is not complete yet. */
  readonly staged?: Release;
}

interface ReceiveWork {
  readonly channel: Channel;
  readonly signal: AbortSignal;
  readonly asked: RemoteApp;
  /** The id of the live release, whose files are taken where they are the same. */
  readonly live: string | undefined;
  /** The packages are installed here: a release has files that its list has not. */
  readonly isInstalled: boolean;
}

/**
 * Takes an app: it is a kept release that can be live as it is, else the files that the server lacks come from the client, and the others
 * from a kept release that is the same, or from the live one. Each file is hashed where it is written, and all of it is what the client
 * has hashed, or an error.
 * @throws UserError INTERRUPTED, APP_ARRIVED_DIFFERENT, BAD_FILE_LIST; WriteError.
 */
export async function receiveApp(folder: ReleaseFolder, work: ReceiveWork): Promise<Received> {
  const { channel, asked, live } = work;
  const kept = keptApp(folder, work);
  if (kept !== undefined) {
    channel.send({ need: 'nothing' });
    return kept;
  }
  const same = sameRelease(folder, work);
  const there = inOrder(filesOf(folder, same ?? live));
  channel.send({ need: { list: groupDigests(there) } });
  const files = checkedList(await readList(channel), there, asked);
  const staged = newRelease(asked, folder, { now: Date.now(), who: whoIsIt() });
  const { id } = staged;
  const directory = folder.folderOf(id);
  // Of an attempt in the same second.
  await folder.remove(id);
  try {
    await fill(directory, files, known(folder, [live, same]), work);
  } catch (error) {
    await folder.remove(id).catch(() => undefined); // what stays is a leftover, which the next deployment removes
    throw error;
  }
  return { app: appIn(directory, files, asked), directory, staged };
}

const appIn = (directory: string, files: readonly PackedFile[], { hash, size }: RemoteApp): PackedApp => ({
  files,
  hash,
  size,
  sources: new Map(files.map(({ path: at }) => [at, path.join(directory, ...at.split('/'))])),
});

/** The live release, or a newer one, when it is the same: by the rule for a deployment on this machine. */
function keptApp(folder: ReleaseFolder, { asked, live, isInstalled }: ReceiveWork): Received | undefined {
  const id = keptReleaseFor(asked, folder, live)?.id;
  if (id === undefined || (isInstalled && id !== live)) return undefined;
  const files = folder.filesOf(id)?.files;
  return files && { app: appIn(folder.folderOf(id), [...files.values()], asked), directory: folder.folderOf(id) };
}

/**
 * A kept release that has the same files. It is no release to be live again, which would not be the newest then, and no source for a plain
 * copy: what was live may have got other times, and another content.
 */
const sameRelease = (folder: ReleaseFolder, { asked }: ReceiveWork): string | undefined =>
  folder.list().findLast(({ id, hash }) => hash === asked.hash && folder.filesOf(id) !== undefined)?.id;

const filesOf = (folder: ReleaseFolder, id: string | undefined): readonly PackedFile[] => [
  ...((id === undefined ? undefined : folder.filesOf(id)?.files.values()) ?? []),
];

/** The files of releases by their hash. */
function known(folder: ReleaseFolder, ids: readonly (string | undefined)[]): ReadonlyMap<string, string> {
  const each = ids.flatMap((id) =>
    filesOf(folder, id).map(({ sha256, path: at }) => [sha256, path.join(folder.folderOf(id ?? ''), at)] as const),
  );
  return new Map(each);
}

/**
 * The whole list: groups of a kept release, and what has come. What a client sends is checked as anything from outside: no name leads
 * out of the folder, and all together have the hash that was announced.
 */
function checkedList(
  sent: unknown,
  there: readonly PackedFile[],
  { hash, size, count }: RemoteApp,
): readonly PackedFile[] {
  const { without, files: list } = (sent ?? {}) as Partial<SentList>;
  const come = (Array.isArray(list) ? (list as ListedFile[]) : []).map(
    ([at, bytes, mtimeMs, sha256]): PackedFile => ({ path: at, size: bytes, mtimeMs, sha256 }),
  );
  const bad = come.find((file) => !isRight(file));
  if (bad !== undefined) throw badList(`"${String(bad.path)}" is no file of an app.`);
  const left = new Set(Array.isArray(without) ? without : []);
  const files = inOrder([...there.filter((file) => !left.has(groupOf(file.path))), ...come]);
  const total = files.reduce((sum, file) => sum + file.size, 0);
  if (hashOfApp(files) !== hash || total !== size || files.length !== count)
    throw badList('It is not the list of the app that was announced.');
  return files;
}

const isRight = ({ path: at, size, mtimeMs, sha256 }: PackedFile): boolean =>
  typeof at === 'string' &&
  windowsPathFault(at) === undefined &&
  Number.isSafeInteger(size) &&
  size >= 0 &&
  Number.isFinite(mtimeMs) &&
  /^[0-9a-f]{64}$/.test(sha256);

const copiesAtOnce = 8;

/** Copies the files that are known, and writes those that come. */
async function fill(
  directory: string,
  files: readonly PackedFile[],
  kept: ReadonlyMap<string, string>,
  { channel, signal }: ReceiveWork,
): Promise<void> {
  const made = new Set<string>();
  const write = async (file: PackedFile, content: AsyncIterable<Buffer>): Promise<boolean> => {
    if (signal.aborted) throw cut();
    const to = path.join(directory, ...file.path.split('/'));
    if (!made.has(path.dirname(to))) makeFolder(path.dirname(to));
    made.add(path.dirname(to));
    return (await written(to, content, file.mtimeMs)) === file.sha256;
  };
  makeFolder(directory);
  const missing: number[] = [];
  const waiting = files.entries();
  const copyNext = async (): Promise<void> => {
    for (const [index, file] of waiting) {
      const from = kept.get(file.sha256);
      const isCopied = from !== undefined && (await write(file, contentOf(from)).catch(unlessUnreadable));
      if (!isCopied) missing.push(index);
    }
  };
  // All have ended when one has failed: what is removed then must not be written any more.
  const copied = await Promise.allSettled(Array.from({ length: copiesAtOnce }, copyNext));
  for (const one of copied) if (one.status === 'rejected') throw one.reason;
  missing.sort((one, other) => one - other);
  channel.send({ need: missing });
  if (missing.length === 0) return;
  const slices = new Slices(unpacked(channel));
  for (const index of missing) {
    const file = files[index];
    if (file === undefined || (await write(file, slices.take(file.size)))) continue;
    throw new UserError('APP_ARRIVED_DIFFERENT', {
      what: `${file.path} did not arrive as it was; nothing was changed`,
      why: 'It changed while it was sent, or the connection changed it.',
      next: 'deploy again when nothing writes into the folder of the app',
      exit: 'refused',
    });
  }
  await slices.end();
}

/** A file of a kept release that is gone, or that someone has changed, comes from the client. */
function unlessUnreadable(error: unknown): false {
  if (error instanceof FileError) return false;
  throw error;
}

/** The hash of what was written. @throws WriteError; the errors of `content`. */
async function written(to: string, content: AsyncIterable<Buffer>, mtimeMs: number): Promise<string> {
  const hash = createHash('sha256');
  try {
    await writeFile(to, hashed(content, hash));
    await utimes(to, mtimeMs / 1000, mtimeMs / 1000);
  } catch (error) {
    throw error instanceof UserError ? error : new WriteError(to, 'file', error);
  }
  return hash.digest('hex');
}

async function* contentOf(file: string): AsyncGenerator<Buffer, void, void> {
  const { handle } = await openRegularFile(file);
  try {
    for await (const part of handle.createReadStream({ autoClose: false })) yield part as Buffer;
  } finally {
    await handle.close();
  }
}

async function* hashed(
  content: AsyncIterable<Buffer>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Buffer, void, void> {
  for await (const part of content) {
    hash.update(part);
    yield part;
  }
}

const badList = (why: string): UserError =>
  new UserError('BAD_FILE_LIST', {
    what: 'the list of the files is wrong; nothing was changed',
    why,
    next: 'deploy again; if it stays so, report it',
    exit: 'refused',
  });
