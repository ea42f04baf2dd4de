import { appScript } from './app-script.js';
import { bindingsOf } from './bindings.js';
import type { AppFolder } from './folder.js';
import { readModuleUses } from './modules.js';
import { resolveOwn } from './resolve.js';
import type { Script } from './script.js';
import { mentionsEnvironment } from './values.js';

/**
 * The names that a script imports from modules of the app where they depend on process.env:
 * `const { vdirPath } = require('./config')`. A module's own imports are not followed any further.
 */
export function importedEnvironment(folder: AppFolder, name: string, script: Script): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { specifier, bound } of readModuleUses(script)) {
    const file = bound.length > 0 ? resolveOwn(folder, name, specifier) : undefined;
    const module = file === undefined ? undefined : appScript(folder, file, true);
    // Most modules do not read the environment.
    if (!module?.tree || !/\benv\b/.test(module.code)) continue;
    const bindings = bindingsOf(module.tree);
    for (const { local, exported } of bound) {
      const variable = bindings.topLevel(exported);
      const init = bindings.initOf(variable);
      if (bindings.isEnvironment(variable) || (init && mentionsEnvironment(init, bindings))) found.add(local.name);
    }
  }
  return found;
}
