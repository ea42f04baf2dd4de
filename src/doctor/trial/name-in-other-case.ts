import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TrialPlace } from './outcome.js';
import { fileNotFound, type WorkingDirectory } from './working-directory.js';

/** What node adds to the name of a module, in its order. */
const endings = ['', '.js', '.json', '.node', '.mjs', '.cjs', '.ts', '/index.js', '/index.json'];

/**
 * The file that Windows finds under a name which only a file system that tells upper from lower case does not have: relative, as on disk.
 * undefined where the error is another one, and where nothing has that name.
 *
 * @param text The error, as node wrote it.
 * @param from The line of the app that asked.
 */
export function nameInOtherCase(text: string, from: TrialPlace, { folder, at }: WorkingDirectory): string | undefined {
  const [, module] = /Cannot find module '([^']+)'/.exec(text) ?? [];
  const named = module ?? fileNotFound(text);
  if (named === undefined || (module !== undefined && !/^\.{0,2}\/|^file:/.test(module))) return undefined;
  const base =
    module === undefined ? path.resolve(folder.root, at) : path.dirname(path.resolve(folder.root, from.file));
  const whole = named.startsWith('file:') ? fileURLToPath(named) : path.resolve(base, named);
  const relative = path.relative(folder.root, whole).replaceAll(path.sep, '/');
  if (relative.startsWith('../')) return undefined;
  for (const ending of module === undefined ? [''] : endings) {
    const spelling = folder.isFile(relative + ending) ? folder.spelling(relative + ending) : undefined;
    if (spelling !== undefined && spelling !== relative + ending) return spelling;
  }
  return undefined;
}
