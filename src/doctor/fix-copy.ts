import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  type Stats,
  statSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';
import { fileLimits, inScratchFolder, WriteError } from '../files/index.js';
import { withPaths } from './with-paths.js';

const packagesName = 'node_modules';
/** What is not copied: it is not of the app. */
const left = new Set(['.git', 'iisnode']);

/**
 * Does `work` on a copy of an app, in a folder of the same name, with its packages linked; the copy is removed at the end.
 *
 * @param target An absolute path in the spelling of the disk: the folder, or its web.config.
 * @returns The result, the copy's paths in it replaced by those of the app.
 * @throws WriteError where the copy cannot be written; the errors of `work`.
 */
export async function onCopy<Result>(target: string, work: (target: string) => Promise<Result>): Promise<Result> {
  const isFolder = statSync(target).isDirectory();
  const directory = isFolder ? target : path.dirname(target);
  return inScratchFolder('fix', async (scratch) => {
    const copy = path.join(scratch, path.basename(directory) || 'app');
    copyFolder(directory, copy, []);
    const packages = packagesAbove(directory);
    if (packages !== undefined) linkFolder(packages, path.join(copy, packagesName));
    const result = await work(isFolder ? copy : path.join(copy, path.basename(target)));
    return withPaths(result, [[copy, directory]]);
  });
}

/**
 * Copies regular files (a named pipe would be waited for) and what links lead to: a link in the copy would lead a fix to the app's own
 * file. What cannot be read is left out.
 *
 * @param above The real paths of the folders on the way: a link back to one of them is not followed.
 */
function copyFolder(from: string, to: string, above: readonly string[]): void {
  const real = realpathSync(from);
  if (above.includes(real)) return;
  makeFolder(to);
  for (const name of copiedNames(from)) {
    if (left.has(name.toLowerCase())) continue;
    const [source, copy] = [path.join(from, name), path.join(to, name)];
    const stats = statsOf(source);
    if (stats?.isDirectory() === true && name.toLowerCase() === packagesName) linkFolder(source, copy);
    else if (stats?.isDirectory() === true) copyFolder(source, copy, [...above, real]);
    else if (stats?.isFile() === true) copyFile(source, copy, stats.size);
  }
}

/** None where the folder cannot be read. */
function copiedNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (cause) {
    throw new WriteError(folder, 'folder', cause);
  }
}

/** No fix edits a file above the limit of reading: a link to it is enough, where the system allows links to files. */
function copyFile(source: string, copy: string, size: number): void {
  if (size > fileLimits.config && linkFile(source, copy)) return;
  try {
    copyFileSync(source, copy);
  } catch (cause) {
    if (!isDenied(cause)) throw new WriteError(copy, 'file', cause);
  }
}

function linkFile(source: string, copy: string): boolean {
  try {
    symlinkSync(realpathSync(source), copy, 'file');
    return true;
  } catch {
    return false; // Windows, without the right to create links
  }
}

const isDenied = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM');

/** undefined for a link that leads nowhere, or to itself. */
function statsOf(file: string): Stats | undefined {
  try {
    return statSync(file);
  } catch {
    return undefined;
  }
}

const linkFolder = (folder: string, link: string): void => symlinkSync(realpathSync(folder), link, 'junction');

/** Where node finds the packages of an app that has none in its folder. */
function packagesAbove(directory: string): string | undefined {
  if (existsSync(path.join(directory, packagesName))) return undefined; // copied with the folder
  const above = path.dirname(directory);
  if (above === directory) return undefined;
  const there = path.join(above, packagesName);
  return existsSync(there) ? there : packagesAbove(above);
}
