import path from 'node:path';
import type { App } from '../app/index.js';
import { readServerBundle } from '../source/index.js';
import type { FileEdit } from './types.js';

/** What socket.io 4 serves to browsers; without their source maps, which are larger than all of them. */
const scripts = ['socket.io.js', 'socket.io.min.js', 'socket.io.esm.min.js', 'socket.io.msgpack.min.js'];

/**
 * The client scripts that socket.io, in the bundle of an app, looks for in a folder beside it: copies of those that are installed.
 * None where they are there, where none are installed, and where that folder is outside the app.
 */
export function planClientFiles({ folder }: App, entry: string): readonly FileEdit[] {
  const place = readServerBundle(folder, entry)?.clients?.folder;
  if (place === undefined || place.startsWith('..') || folder.isFile(`${place}/socket.io.js`)) return [];
  return scripts.flatMap((name) => {
    const file = `${place}/${name}`;
    const after = folder.isFile(file) ? undefined : installed(folder, path.posix.dirname(entry), name);
    return after === undefined ? [] : [{ file, before: undefined, after }];
  });
}

/** A client script of the package that a file in this folder of the app, or above it, would load. */
function installed(folder: App['folder'], at: string, name: string): string | undefined {
  const found = folder.read(path.posix.join(at, 'node_modules/socket.io/client-dist', name));
  return found !== undefined || at === '.' ? found : installed(folder, path.posix.dirname(at), name);
}

/** What init says of the copies. */
export const notesOnClientFiles = ([first]: readonly FileEdit[]): readonly string[] =>
  first === undefined
    ? []
    : [
        `${path.posix.dirname(first.file)} has copies of socket.io's client scripts, which the bundle does not contain; after an update of socket.io, delete it and run init again`,
      ];
