import { createHash } from 'node:crypto';
import { openRegularFile } from '../files/index.js';
import { listAppFiles } from './list-files.js';
import type { AppFile, PackedFile, PackOptions } from './types.js';

/** Files hashed earlier, by path. */
export interface KnownFiles {
  readonly files: ReadonlyMap<string, PackedFile>;
  /** When they were hashed, in ms since 1970. */
  readonly at: number;
}

/** A file system may store times this coarsely, in ms: a file changed within this time before it was hashed is read again. */
const coarseTime = 2_000;
const bufferSize = 256 * 1024;

/**
 * Hashes the files of `listAppFiles`, in its order, a part of one file at a time.
 * @param known A file of the same size and time is not read again.
 * @throws FileError; the signal's reason.
 */
export async function* hashFiles(
  files: readonly AppFile[],
  { known, signal }: { readonly known?: KnownFiles | undefined; readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<PackedFile, void, void> {
  const buffer = Buffer.allocUnsafeSlow(bufferSize);
  for (const file of files) {
    signal?.throwIfAborted();
    const before = known?.files.get(file.path);
    const isKnown =
      known !== undefined &&
      before?.size === file.size &&
      before.mtimeMs === file.mtimeMs &&
      file.mtimeMs < known.at - coarseTime;
    yield isKnown ? before : await hashFile(file, buffer);
  }
}

async function hashFile({ path, source }: AppFile, buffer: Buffer): Promise<PackedFile> {
  const { handle, stats } = await openRegularFile(source);
  try {
    const hash = createHash('sha256');
    let size = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      size += bytesRead;
    }
    return { path, size, mtimeMs: stats.mtimeMs, sha256: hash.digest('hex') };
  } finally {
    await handle.close();
  }
}

/** A whole app: its files, and a hash of their paths and contents. */
export interface PackedApp {
  readonly files: readonly PackedFile[];
  /** The regular file of each on this machine, by path. */
  readonly sources: ReadonlyMap<string, string>;
  /** In bytes. */
  readonly size: number;
  /** Hexadecimal SHA-256; times do not count. */
  readonly hash: string;
}

/**
 * Lists and hashes the files of an app that run on the server.
 * @throws UserError APP_NOT_PACKABLE; FileError; the signal's reason.
 */
export async function packApp(options: PackOptions, known?: KnownFiles): Promise<PackedApp> {
  const listed = listAppFiles(options);
  const files: PackedFile[] = [];
  let size = 0;
  for await (const file of hashFiles(listed, { known, signal: options.signal })) {
    files.push(file);
    size += file.size;
  }
  return { files, sources: new Map(listed.map(({ path, source }) => [path, source])), size, hash: hashOfApp(files) };
}

/** The hash of an app with these files, in this order. */
export function hashOfApp(files: readonly Pick<PackedFile, 'path' | 'sha256'>[]): string {
  const hash = createHash('sha256');
  for (const { path, sha256 } of files) hash.update(`${path}\0${sha256}\n`);
  return hash.digest('hex');
}
