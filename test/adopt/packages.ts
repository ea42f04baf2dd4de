import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { root } from '../support/cli.js';

/** Where test/provision.mjs has installed package.json of this folder. */
const installed = path.join(root, 'node_modules', '.cache', 'tests', 'adopt', 'node_modules');

type Dependencies = Readonly<Record<string, string>>;

const dependenciesIn = (folder: string): Dependencies => {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(path.join(folder, 'package.json'), 'utf8'),
  ) as Record<'dependencies' | 'devDependencies', Dependencies | undefined>;
  return { ...dependencies, ...devDependencies };
};

/**
 * Links the packages that an app's package.json names, as npm would have installed them, into its node_modules. `express` of major
 * version 4 is installed as `express-4`, and so on.
 */
export function linkPackages(app: string): void {
  if (!existsSync(installed)) throw new Error('first: node test/provision.mjs adopt');
  const modules = path.join(app, 'node_modules');
  mkdirSync(modules, { recursive: true });
  symlinkSync(path.join(installed, '.bin'), path.join(modules, '.bin'), 'junction');
  const known = dependenciesIn(import.meta.dirname);
  for (const [name, range] of Object.entries(dependenciesIn(app))) {
    if (/^(file:|workspace:|\*)/.test(range)) continue; // a workspace of the app's own
    const major = /\d+/.exec(range)?.[0] ?? '';
    const alias = `${name}-${major}` in known ? `${name}-${major}` : name;
    if (/\d+/.exec(known[alias] ?? '')?.[0] !== major && !known[alias]?.includes(`@^${major}.`)) {
      throw new Error(`${path.basename(app)} needs ${name} ${range}, and test/adopt/package.json has ${known[alias]}`);
    }
    mkdirSync(path.dirname(path.join(modules, name)), { recursive: true });
    symlinkSync(path.join(installed, alias), path.join(modules, name), 'junction');
  }
}
