import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { root } from '../support/cli.js';

/** Where test/provision.mjs has installed package.json of this folder. */
export const installed = path.join(root, 'node_modules', '.cache', 'tests', 'adopt', 'node_modules');

/** They are for building and developing: IIS needs none of them. */
const forBuilding = new Set(['@nestjs/cli', 'cross-env', 'nodemon']);

type Dependencies = Readonly<Record<string, string>>;

function dependenciesIn(folder: string): Dependencies {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(path.join(folder, 'package.json'), 'utf8'),
  ) as Record<'dependencies' | 'devDependencies', Dependencies | undefined>;
  return { ...dependencies, ...devDependencies };
}

/**
 * Links the packages that an app names in its package.json files, as npm would have installed them, into its node_modules.
 * `express` of major version 4 is installed as `express-4`, and so on.
 */
export function linkPackages(app: string, more: readonly string[] = []): void {
  if (!existsSync(installed)) throw new Error('first: node test/provision.mjs adopt');
  const link = (from: string, name: string): void => {
    const target = path.join(app, 'node_modules', name);
    mkdirSync(path.dirname(target), { recursive: true });
    symlinkSync(path.join(installed, from), target, 'junction');
  };
  link('.bin', '.bin');
  for (const name of more) link(installedName(name, '4'), name);
  for (const [name, range] of Object.entries(dependenciesOf(app))) {
    if (!forBuilding.has(name)) link(installedName(name, range), name);
  }
}

/** Those of its workspaces too: npm puts them into the same folder. */
function dependenciesOf(app: string): Dependencies {
  const folders = readdirSync(app, { withFileTypes: true }).filter((each) => each.isDirectory());
  const manifests = [app, ...folders.map(({ name }) => path.join(app, name))].filter((folder) =>
    existsSync(path.join(folder, 'package.json')),
  );
  return Object.assign({}, ...manifests.map(dependenciesIn));
}

const known = dependenciesIn(import.meta.dirname);
const majorOf = (range = ''): string | undefined => /\d+/.exec(range.replace(/^npm:.*@/, ''))?.[0];

function installedName(name: string, range: string): string {
  const major = majorOf(range);
  const found = [`${name}-${major}`, name].find((each) => majorOf(known[each]) === major);
  if (found === undefined) throw new Error(`test/adopt/package.json has no ${name} ${range}`);
  return found;
}
