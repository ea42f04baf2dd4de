import path from 'node:path';
import { managerCommand, packageManagerOf } from '../../app/manager/index.js';
import { readFileSync } from '../../files/index.js';

/** What package.json lists, which `npm install` without a name installs. */
const lists = ['dependencies', 'devDependencies', 'optionalDependencies'];

/** In bytes. */
const longestPackage = 1_000_000;

/**
 * The command that installs a package which node did not find, of the app's own package manager. `npm install` alone would not install
 * one that package.json does not list. Never throws.
 *
 * @param missing As the code names it: 'lodash/fp'.
 * @param folder Of the script; package.json is there or above.
 */
export function installAdvice(missing: string, folder: string): string {
  const [name] = /^(?:@[^/]+\/)?[^/]+/.exec(missing) ?? [missing];
  const { text, place = folder } = nearestPackage(folder) ?? {};
  const words = isListed(name, text) ? 'install' : (`add ${name}` as const);
  return `run ${managerCommand(managerIn(place), words)} in ${folder}`;
}

function managerIn(folder: string): ReturnType<typeof packageManagerOf>['name'] {
  try {
    return packageManagerOf(folder).name;
  } catch {
    return 'npm'; // its files cannot be read
  }
}

function isListed(name: string, text: string | undefined): boolean {
  try {
    const said: unknown = text === undefined ? undefined : JSON.parse(text.replace(/^\uFEFF/, ''));
    return lists.some((list) => has(has(said, list), name) !== undefined);
  } catch {
    return false;
  }
}

function has(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null && Object.hasOwn(object, name)
    ? Reflect.get(object, name)
    : undefined;
}

function nearestPackage(folder: string): { readonly text: string; readonly place: string } | undefined {
  try {
    return { text: readFileSync(path.join(folder, 'package.json'), longestPackage).toString('utf8'), place: folder };
  } catch {
    const above = path.dirname(folder);
    return above === folder ? undefined : nearestPackage(above);
  }
}
