import path from 'node:path';
import { type Place, placeAt, type SocketClient } from '../../source/index.js';
import { inEnvFile } from './env-file.js';
import type { FileFacts } from './facts.js';

/** Variables that a build writes into the scripts of a page (Vue CLI, Create React App, Vite, Next, Nuxt, SvelteKit). */
const ofBuild =
  /^(?:process\.env|import\.meta\.env)\.((?:VUE_APP|REACT_APP|VITE|NEXT_PUBLIC|NUXT_PUBLIC|PUBLIC)_\w+)(?:\s*(?:\|\||\?\?)|$)/;
/** What a production build reads, the first that has the variable counts. */
const files = ['.env.production.local', '.env.local', '.env.production', '.env'];
const built = /(?:^|\/)(?:dist|build|out|\.next|public|www|wwwroot)\/.*\.[cm]?js$/i;
const mostBuilt = 60;

/** What a file of a build gives a variable. */
export interface BuildVariable {
  readonly name: string;
  readonly value: string;
  readonly at: Place;
}

/** The value that a production build writes in the place of a client's address; undefined where what is built has another one. */
export function builtAddress({ folder }: FileFacts, { url, at }: SocketClient): BuildVariable | undefined {
  const name = url && ofBuild.exec(url.text)?.[1];
  if (name === undefined) return undefined;
  const found = variableNear(folder, path.relative(folder.root, at.file).replaceAll(path.sep, '/'), name);
  if (found === undefined) return undefined;
  const scripts = folder.files.filter((file) => built.test(file)).slice(0, mostBuilt);
  const isThere = scripts.length === 0 || scripts.some((file) => folder.read(file)?.includes(found.value));
  return isThere ? found : undefined;
}

/** In the folder of the client, or one above it: the first that has such a file is the root of its build. */
function variableNear(
  { root, isFile, read }: FileFacts['folder'],
  client: string,
  name: string,
): BuildVariable | undefined {
  for (let at = path.posix.dirname(client); ; at = path.posix.dirname(at)) {
    const here = files.map((file) => path.posix.join(at, file)).filter((file) => isFile(file));
    for (const file of here) {
      const source = { file: path.join(root, file), text: read(file) ?? '' };
      const given = inEnvFile(source.text, name);
      if (given !== undefined) return { name, value: given.value, at: placeAt(source, given.index) };
    }
    if (here.length > 0 || at === '.') return undefined;
  }
}
