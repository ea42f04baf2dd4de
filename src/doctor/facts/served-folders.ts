import path from 'node:path';
import { readServedFolders, type ServerScript } from '../../source/index.js';

/** The folders that a script of the server publishes: relative to the app, '..' above it, '.' the app itself. */
export const servedFoldersOf = ({ name, loaded, context }: ServerScript): readonly string[] =>
  context === undefined ? [] : readServedFolders(context, path.posix.dirname(loaded?.name ?? name));
