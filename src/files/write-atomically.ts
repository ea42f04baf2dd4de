import { open, realpath, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from '../errors.js';
import { removeAbandonedFiles, temporaryFileFor } from './temporary-names.js';
import { WriteError } from './write-error.js';

/**
 * Replaces a file's content in one step: a reader sees the old content or the new, never a part, even if this process is killed.
 * Its mode is kept; a symbolic link still points to the same file. What a killed process has left beside it is removed.
 *
 * @param file Its folder must exist.
 * @param data Text is written as UTF-8. An iterable gives the parts of a large file; a UserError of its own is thrown as it is.
 * @throws WriteError; then the file is unchanged, and no temporary file is left.
 */
export async function writeFileAtomic(
  file: string,
  data: string | Uint8Array | AsyncIterable<Uint8Array>,
): Promise<void> {
  const target = await realpath(file).catch(() => file);
  const mode = await stat(target).then(
    (found) => found.mode & 0o7777,
    () => undefined,
  );
  removeAbandonedFiles(target);
  const temporary = temporaryFileFor(target);
  try {
    const handle = await open(temporary, 'wx', mode ?? 0o666);
    try {
      await writeFile(handle, data);
      // `open` applies the umask to the mode.
      if (mode !== undefined && process.platform !== 'win32') await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await renameOver(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    if (error instanceof UserError) throw error;
    throw new WriteError(file, 'file', error);
  }
}

/** Windows refuses to replace a file while a virus scanner or an editor has it open, usually for a moment. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      const held = code === 'EPERM' || code === 'EACCES' || code === 'EBUSY';
      if (process.platform !== 'win32' || !held || attempt === 10) throw error;
      await wait(20 * attempt);
    }
  }
}
