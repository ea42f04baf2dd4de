import { statSync } from 'node:fs';
import path from 'node:path';
import type { Command as Typed } from 'commander';
import { FileError, fileLimits, readIfThereSync } from '../files/index.js';

/** The commands that take defaults from package.json. */
export const commandsWithDefaults = ['init', 'deploy', 'doctor', 'serve', 'trace'];

/** A package.json with something for this program in it. */
export interface Manifest {
  /** Absolute. */
  readonly file: string;
  readonly text: string;
}

/** The package.json from which a command may take defaults; undefined: it takes none. What is wrong with the file, the commands report. */
export function manifestOfApp(
  typed: Typed,
  positionals: readonly unknown[],
  options: { readonly target?: string; readonly dir?: string },
  cwd: string,
): Manifest | undefined {
  if (!commandsWithDefaults.includes(typed.name()) || options.target !== undefined) return undefined;
  const folder = folderOf(typed, positionals, options, cwd);
  return folder === undefined ? undefined : manifestIn(folder);
}

/** The app's folder; undefined where what is typed is none: a URL, the name of a target, a folder that is to be created. */
function folderOf(
  typed: Typed,
  [first]: readonly unknown[],
  { dir }: { readonly dir?: string },
  cwd: string,
): string | undefined {
  const named = dir ?? (typed.name() === 'trace' || typeof first !== 'string' ? '.' : first);
  try {
    const whole = path.resolve(cwd, named);
    const found = statSync(whole);
    return found.isDirectory() ? whole : path.dirname(whole);
  } catch {
    return undefined;
  }
}

function manifestIn(folder: string): Manifest | undefined {
  const file = path.join(folder, 'package.json');
  try {
    const text = readIfThereSync(file, fileLimits.source)
      ?.toString('utf8')
      .replace(/^\uFEFF/, '');
    return text?.includes('"iisnode-sock"') ? { file, text } : undefined;
  } catch (error) {
    if (error instanceof FileError) return undefined; // the commands themselves report it
    throw error;
  }
}
