import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** What is not copied: packages are linked, the rest is not of the app. */
const left = new Set(['node_modules', '.git', 'iisnode']);

/**
 * Does `work` on a copy of an app, in a folder of the same name, with its packages linked; the copy is removed at the end.
 *
 * @param target An absolute path: the folder, or its web.config.
 * @returns The result, the copy's paths in it replaced by those of the app.
 */
export async function onCopy<Result>(target: string, work: (target: string) => Promise<Result>): Promise<Result> {
  const isFolder = statSync(target).isDirectory();
  const directory = isFolder ? target : path.dirname(target);
  const scratch = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'iisnode-sock-fix-')));
  try {
    const copy = path.join(scratch, path.basename(directory) || 'app');
    cpSync(directory, copy, { recursive: true, filter: (file) => isCopied(file, directory) });
    const packages = packagesOf(directory);
    if (packages !== undefined) symlinkSync(packages, path.join(copy, 'node_modules'), 'junction');
    const result = await work(isFolder ? copy : path.join(copy, path.basename(target)));
    return withPaths(result, copy, directory) as Result;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Regular files and folders: a named pipe would be waited for. */
function isCopied(file: string, directory: string): boolean {
  if (file !== directory && left.has(path.basename(file).toLowerCase())) return false;
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats?.isDirectory() === true || stats?.isFile() === true;
}

/** Where node finds the packages of the app: in its folder or above. */
function packagesOf(directory: string): string | undefined {
  const here = path.join(directory, 'node_modules');
  if (existsSync(here)) return here;
  const above = path.dirname(directory);
  return above === directory ? undefined : packagesOf(above);
}

function withPaths(value: unknown, from: string, to: string): unknown {
  if (typeof value === 'string') return value.replaceAll(from, to);
  if (Array.isArray(value)) return value.map((each) => withPaths(each, from, to));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withPaths(each, from, to)]));
}
