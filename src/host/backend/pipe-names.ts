import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ownerInName, removeAbandonedFolders } from '../../files/index.js';

/** The pipes of the node processes of one worker. */
export interface PipeNames {
  /** The folder of the Unix sockets, mode 0700; undefined on Windows. */
  readonly directory: string | undefined;
  /** A new, unique name: `\\.\pipe\<uuid>` on Windows, a short socket path on other systems. */
  next(): string;
  /** Removes the folder and its content. Idempotent. */
  remove(): void;
}

/** sockaddr_un.sun_path has 104 bytes on macOS (sys/un.h), 108 on Linux; the rest is for our own part. */
const longestTemporaryDirectory = 55;

/** Creates the private folder (not on Windows, where named pipes have their own namespace). */
export function createPipeNames(platform: NodeJS.Platform = process.platform): PipeNames {
  if (platform === 'win32') {
    return { directory: undefined, next: () => `\\\\.\\pipe\\${randomUUID()}`, remove: () => undefined };
  }
  const temporary = os.tmpdir().length > longestTemporaryDirectory ? '/tmp' : os.tmpdir();
  removeAbandonedFolders(temporary);
  const directory = mkdtempSync(path.join(temporary, `iisnode-${ownerInName()}-`));
  return {
    directory,
    next: () => path.join(directory, randomBytes(6).toString('hex')),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
