import path from 'node:path';
import { remembered } from '../remembered.js';
import type { AppFolder } from './folder.js';
import { parseForBundler, parseScript, type Script } from './script.js';

const scriptsRead = remembered((_folder: AppFolder) => new Map<string, Script | undefined>());

/**
 * A script of the app, read and parsed once, even if several others load it.
 *
 * @param name Relative, forward slashes.
 * @param isBundled Node does not load it directly: its JavaScript may contain JSX and types.
 */
export function appScript(folder: AppFolder, name: string, isBundled = false): Script | undefined {
  const scripts = scriptsRead(folder);
  const found = scripts.has(name) ? scripts.get(name) : parsed(folder, name, parseScript);
  scripts.set(name, found);
  if (!isBundled || found === undefined || found.tree) return found;
  const key = `${name}?bundled`; // a file name on Windows has no question mark
  const bundled = scripts.has(key) ? scripts.get(key) : parsed(folder, name, parseForBundler);
  scripts.set(key, bundled);
  return bundled;
}

function parsed(folder: AppFolder, name: string, parse: typeof parseScript): Script | undefined {
  const text = folder.read(name);
  return text === undefined ? undefined : parse({ file: path.join(folder.root, name), text });
}
