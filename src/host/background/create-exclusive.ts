import { randomUUID } from 'node:crypto';
import { linkSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Creates a file that is not there yet; it appears with its whole content at once. False, and nothing is changed, when a file of
 * that name exists. Throws the system's error otherwise.
 */
export function createExclusive(file: string, text: string): boolean {
  const temporary = `${file}.${randomUUID()}.tmp`;
  writeFileSync(temporary, text, { flag: 'wx', mode: 0o600 });
  try {
    linkSync(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    return createWithoutLinks(file, text); // and throws itself what keeps both ways from working
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Disks without hard links (FAT): the name is exclusive, the content follows a moment later. */
function createWithoutLinks(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
