import type { AppFolder } from './folder.js';
import { readModuleUses } from './modules.js';
import { resolveRelative } from './resolve.js';
import { parseForBundler, type Script } from './script.js';
import { mentionsEnvironment, readBindings } from './values.js';

/**
 * The names that a script takes from modules of the app, and that depend on process.env there:
 * `const { vdirPath } = require('./config')`. A module's own imports are not followed any further.
 */
export function importedEnvironment(folder: AppFolder, name: string, script: Script): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { specifier, names } of readModuleUses(script)) {
    const file = names.size > 0 ? resolveRelative(folder, name, specifier) : undefined;
    const code = file === undefined ? undefined : folder.read(file);
    const tree = file === undefined || code === undefined ? undefined : parseForBundler({ file, text: code }).tree;
    if (tree === undefined) continue;
    const bindings = readBindings(tree);
    for (const [local, exported] of names) {
      const init = bindings.initOf(exported);
      if (bindings.isEnvironment(exported) || (init && mentionsEnvironment(init, bindings))) found.add(local);
    }
  }
  return found;
}
