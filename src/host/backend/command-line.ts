import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { win32 } from './win32.js';

/** The program that was found, or the Win32 error code of CreateProcess. */
export type Executable = { readonly file: string; readonly note?: string } | { readonly code: number };

/**
 * A path of Windows that begins a command line without quotes, blanks in it included: CreateProcess lengthens the name of the program blank
 * by blank until it finds a file (iisnode.md 3.3). Blanks in front of an option are not part of a name.
 */
const unquotedProgram =
  /^\s*(?:[a-z]:[\\/]|\\\\|%)(?:(?!\s-)[^"])*?(?:\.(?:exe|com|cmd|bat)(?=\s|$)|[\\/]node(?=\s+-|\s*$))/i;

/**
 * Splits a command line at spaces outside double quotes; quotes are removed: `"a b" c` -> [`a b`, `c`].
 * A program's path needs no quotes: `C:\Program Files\nodejs\node.exe --x` -> [`C:\Program Files\nodejs\node.exe`, `--x`].
 */
export function splitCommandLine(text: string): string[] {
  const program = unquotedProgram.exec(text)?.[0] ?? '';
  const words = program === '' ? [] : [program.trim()];
  for (const match of text.slice(program.length).matchAll(/(?:[^\s"]|"[^"]*"?)+/g))
    words.push(match[0].replaceAll('"', ''));
  return words;
}

/**
 * Finds the program of `nodeProcessCommandLine` as CreateProcess would (through PATH).
 * On other systems `node` and `node.exe`, also with a Windows path that does not exist here, are the running Node.
 */
export function findExecutable(
  name: string,
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): Executable {
  const isNode = /^node(\.exe)?$/i.test(path.win32.basename(name));
  const bare = !/[\\/]/.test(name);
  if (platform !== 'win32') {
    if (isNode && bare) return { file: process.execPath };
    if (isNode && !exists(name)) {
      return { file: process.execPath, note: `${name} is not on this machine; ${process.execPath} runs instead.` };
    }
  }
  if (!bare) return probe(platform === 'win32' && path.extname(name) === '' ? `${name}.exe` : name);
  for (const directory of searchPath(environment, platform)) {
    for (const extension of platform === 'win32' && path.extname(name) === '' ? ['.exe'] : ['']) {
      const file = path.join(directory, name + extension);
      if (isFile(file)) return probe(file);
    }
  }
  return isNode ? { file: process.execPath } : { code: win32.fileNotFound };
}

function searchPath(environment: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): string[] {
  const key = Object.keys(environment).find(
    (name) => name === 'PATH' || (platform === 'win32' && /^path$/i.test(name)),
  );
  const value = key === undefined ? undefined : environment[key];
  return (value ?? '').split(path.delimiter).filter((directory) => directory !== '');
}

function probe(file: string): Executable {
  if (!exists(file)) return { code: exists(path.dirname(file)) ? win32.fileNotFound : win32.pathNotFound };
  try {
    accessSync(file, constants.X_OK);
  } catch {
    return { code: win32.accessDenied };
  }
  return isFile(file) ? { file } : { code: win32.accessDenied };
}

function exists(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // a name that is not possible on a disk, or a folder without permission
  }
}

function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
