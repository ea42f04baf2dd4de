import path from 'node:path';
import { remembered } from '../remembered.js';
import { codeNearEntry } from './code-near-entry.js';
import { codeOfBundle, mostCode } from './code-of-bundle.js';
import type { AppFolder } from './folder.js';
import { parseForBundler, parseScript, type Script } from './script.js';
import { isBundle } from './server-bundle.js';

const scriptsRead = remembered((_folder: AppFolder) => new Map<string, Script | undefined>());

/**
 * A script of the app, read and parsed once, even if several others load it. Of a bundle that node loads, the code of packages is left
 * out as far as the bundler says what is theirs; one of more than 2 MB is always taken for a bundle.
 *
 * @param name Relative, forward slashes.
 * @param isBundled Node does not load it directly: its JavaScript may contain JSX and types.
 */
export function appScript(folder: AppFolder, name: string, isBundled = false): Script | undefined {
  const scripts = scriptsRead(folder);
  const read = (key: string, parse: () => Script | undefined): Script | undefined => {
    if (!scripts.has(key)) scripts.set(key, parse());
    return scripts.get(key);
  };
  const whole = (): Script | undefined => read(name, () => parsed(folder, name, parseScript));
  // A file name on Windows has no question mark.
  if (!isBundled) return read(`${name}?loaded`, () => bundleOrLarge(folder, name) ?? whole());
  const found = whole();
  if (found === undefined || found.tree) return found;
  return read(`${name}?bundled`, () => parsed(folder, name, parseForBundler));
}

/** Of those of more than 2 MB, so many are read. */
const mostLarge = 4;
const largeRead = remembered((_folder: AppFolder) => new Set<string>());

/** A bundle, or a script that is too large to be another one. */
function bundleOrLarge(folder: AppFolder, name: string): Script | undefined {
  if (!/\.[cm]?js$/i.test(name)) return undefined;
  const small = folder.read(name);
  if (small !== undefined) return isBundle(small) ? parsedBundle(folder, name, small) : undefined;
  const text = largeRead(folder).size < mostLarge ? folder.readLarge(name) : undefined;
  if (text === undefined) return undefined;
  largeRead(folder).add(name);
  return parsedBundle(folder, name, text);
}

function parsedBundle(folder: AppFolder, name: string, text: string): Script | undefined {
  const source = { file: path.join(folder.root, name), text };
  const parse = (code: string): Script => parseScript(source, code, 0, 'javascript', Number.POSITIVE_INFINITY);
  const own = codeOfBundle(text);
  if (own !== undefined && own !== text) {
    const script = parse(own);
    if (script.tree || text.length > mostCode) return script;
    // A line in a text of a package may look like the head of a module.
  }
  if (text.length <= mostCode) return { ...parse(text), ...(isBundle(text) && { leftOut: 0 }) };
  const near = codeNearEntry(text);
  const script = near === undefined ? undefined : parse(near.code);
  return script?.tree && { ...script, leftOut: near?.leftOut ?? 0 };
}

function parsed(folder: AppFolder, name: string, parse: typeof parseScript): Script | undefined {
  const text = folder.read(name);
  return text === undefined ? undefined : parse({ file: path.join(folder.root, name), text });
}
