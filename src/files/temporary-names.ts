import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { processExists, processSpace } from './process.js';

/** What others than the owner may remove, when no file has been written for so long: in ms. */
const longUntouched = 24 * 60 * 60 * 1000;
const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const nameOfFile = new RegExp(`^\\..+\\.(\\d+)-([0-9a-f]{6})\\.${uuid}\\.tmp$`);
/** Of another machine, or of a version without the owner in it. */
const nameOfAnyFile = new RegExp(`^\\.(.+?)\\.(?:\\d+-[0-9a-f]{6}\\.)?${uuid}\\.tmp$`);
const nameOfFolder = /^iisnode(?:-sock-[a-z]+)?-(\d+)-([0-9a-f]{6})-[A-Za-z0-9]{6}$/;

/** This machine, or this container, in a name: only there the process ID says anything. */
const spaceInName = (): string => createHash('sha256').update(processSpace()).digest('hex').slice(0, 6);

/** The owner in the name of what a process creates only for a time: its ID and its machine. */
export const ownerInName = (): string => `${process.pid}-${spaceInName()}`;

/** A name beside `file` for its new content, until that is complete: `.out.zip.OWNER.UUID.tmp`. */
export const temporaryFileFor = (file: string): string =>
  path.join(path.dirname(file), `.${path.basename(file)}.${ownerInName()}.${randomUUID()}.tmp`);

/**
 * Removes the temporary files in the folder of `file` whose process has been killed, and those of `file` itself from elsewhere that
 * have not been written for a day. Never throws: what cannot be removed stays.
 */
export function removeAbandonedFiles(file: string): void {
  const folder = path.dirname(file);
  for (const name of namesIn(folder)) {
    if (!name.endsWith('.tmp')) continue;
    const known = path.join(folder, name);
    const isOfFile = nameOfAnyFile.exec(name)?.[1] === path.basename(file);
    if (isOwnerGone(nameOfFile.exec(name)) ?? (isOfFile && isUntouched(known))) remove(known);
  }
}

/** Removes the folders for a time in `folder` whose process has been killed. Never throws. */
export function removeAbandonedFolders(folder: string): void {
  for (const name of namesIn(folder)) {
    if (name.startsWith('iisnode-') && isOwnerGone(nameOfFolder.exec(name))) remove(path.join(folder, name));
  }
}

/** undefined: it is unknown here. */
function isOwnerGone(found: RegExpExecArray | null): boolean | undefined {
  if (found === null) return undefined;
  const [, pid, space] = found;
  return space === spaceInName() ? !processExists(Number(pid)) : undefined;
}

function isUntouched(file: string): boolean {
  const touched = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return touched !== undefined && Date.now() - touched > longUntouched;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // the work itself says what is wrong with the folder
  }
}

function remove(known: string): void {
  try {
    rmSync(known, { recursive: true, force: true });
  } catch {
    // of another user, or in use
  }
}
