import { existsSync } from 'node:fs';
import path from 'node:path';

/** The root of the git repository around a folder, found by its `.git`; undefined outside of one. */
export function repositoryRoot(folder: string): string | undefined {
  if (existsSync(path.join(folder, '.git'))) return folder;
  const above = path.dirname(folder);
  return above === folder ? undefined : repositoryRoot(above);
}
