import path from 'node:path';
import { remembered } from '../remembered.js';
import { codeOfBundle, mostCode } from './code-of-bundle.js';
import type { AppFolder } from './folder.js';
import { parseForBundler, parseScript, type Script } from './script.js';

const scriptsRead = remembered((_folder: AppFolder) => new Map<string, Script | undefined>());

/**
 * A script of the app, read and parsed once, even if several others load it. One of more than 2 MB is a bundle: what node loads of it is
 * read, without its packages.
 *
 * @param name Relative, forward slashes.
 * @param isBundled Node does not load it directly: its JavaScript may contain JSX and types.
 */
export function appScript(folder: AppFolder, name: string, isBundled = false): Script | undefined {
  const scripts = scriptsRead(folder);
  const found = scripts.has(name) ? scripts.get(name) : parsed(folder, name, parseScript);
  scripts.set(name, found);
  if (!isBundled && found === undefined) return largeScript(folder, name);
  if (!isBundled || found === undefined || found.tree) return found;
  const key = `${name}?bundled`; // a file name on Windows has no question mark
  const bundled = scripts.has(key) ? scripts.get(key) : parsed(folder, name, parseForBundler);
  scripts.set(key, bundled);
  return bundled;
}

/** Parts of one bundle; others are not read. */
const mostLarge = 4;

function largeScript(folder: AppFolder, name: string): Script | undefined {
  const scripts = scriptsRead(folder);
  const key = `${name}?large`;
  const isTooMany = [...scripts.keys()].filter((each) => each.endsWith('?large')).length >= mostLarge;
  if (!scripts.has(key) && !isTooMany) scripts.set(key, parsedLarge(folder, name));
  return scripts.get(key);
}

function parsedLarge(folder: AppFolder, name: string): Script | undefined {
  const text = /\.[cm]?js$/i.test(name) ? folder.readLarge(name) : undefined;
  const code = text === undefined ? undefined : codeOfBundle(text);
  if (text === undefined || code === undefined) return undefined;
  const source = { file: path.join(folder.root, name), text };
  const parse = (text: string): Script => parseScript(source, text, 0, 'javascript', Number.POSITIVE_INFINITY);
  const script = parse(code);
  // A line in a text of a package may look like the head of a module.
  return script.tree || code === text || text.length > mostCode ? script : parse(text);
}

function parsed(folder: AppFolder, name: string, parse: typeof parseScript): Script | undefined {
  const text = folder.read(name);
  return text === undefined ? undefined : parse({ file: path.join(folder.root, name), text });
}
