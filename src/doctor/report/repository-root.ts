import { existsSync } from 'node:fs';
import path from 'node:path';
import { isBelow } from '../../files/index.js';
import type { DoctorReport } from '../types.js';

/** The root of the git repository around a folder, found by its `.git`; undefined outside of one. */
function repositoryRoot(folder: string): string | undefined {
  if (existsSync(path.join(folder, '.git'))) return folder;
  const above = path.dirname(folder);
  return above === folder ? undefined : repositoryRoot(above);
}

/** The folder to which file names in a report for a service of code are relative: the repository of the target, or `cwd` where there is none. */
export const rootOf = ({ target }: Pick<DoctorReport, 'target'>, cwd: string): string =>
  repositoryRoot(path.resolve(cwd, /^https?:/i.test(target) ? '.' : target)) ?? cwd;

/** The name of a file below the root, with forward slashes; undefined for any other file. */
export function nameBelow(root: string, file: string): string | undefined {
  const relative = path.relative(root, file);
  return relative === '' || !isBelow(root, file) ? undefined : relative.replaceAll(path.sep, '/');
}
