import path from 'node:path';
import { readFileSync } from '../../files/index.js';

/** What package.json lists, which `npm install` without a name installs. */
const lists = ['dependencies', 'devDependencies', 'optionalDependencies'];

/** In bytes. */
const longestPackage = 1_000_000;

/**
 * The command that installs a package which node did not find. `npm install` alone would not install one that package.json does
 * not list. Never throws.
 *
 * @param missing As the code names it: 'lodash/fp'.
 * @param folder Of the script; package.json is there or above.
 */
export function installAdvice(missing: string, folder: string): string {
  const [name] = /^(?:@[^/]+\/)?[^/]+/.exec(missing) ?? [missing];
  return isListed(name, folder) ? `run npm install in ${folder}` : `run npm install ${name} in ${folder}`;
}

function isListed(name: string, folder: string): boolean {
  const text = nearestPackage(folder);
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

function nearestPackage(folder: string): string | undefined {
  try {
    return readFileSync(path.join(folder, 'package.json'), longestPackage).toString('utf8');
  } catch {
    const above = path.dirname(folder);
    return above === folder ? undefined : nearestPackage(above);
  }
}
