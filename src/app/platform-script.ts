import type { AppFolder } from '../source/index.js';
import { programOfProcessPath } from '../webconfig/index.js';
import { scriptOf, wordsOf } from './command-arguments.js';
import { normalName } from './entry-names.js';

/** How HttpPlatformHandler starts an app: the attributes of `<httpPlatform>`. */
export interface PlatformStart {
  readonly processPath: string;
  readonly arguments: string;
}

/**
 * The script that HttpPlatformHandler gives to node; of another program (tsx.cmd) the first of its arguments that is a script of the app.
 * A file of the app, forward slashes; undefined where it is none.
 */
export function platformScript(
  { processPath, arguments: words }: PlatformStart,
  folder: AppFolder,
): string | undefined {
  const { name } = programOfProcessPath(processPath);
  if (name === '' || name === 'node') {
    const script = scriptOf(words)?.script;
    if (script === undefined) return undefined;
    return ['', '.js', '.cjs'].map((ending) => normalName(script) + ending).find((file) => folder.isFile(file));
  }
  const files = wordsOf(words)
    .filter((word) => !word.startsWith('-'))
    .map(normalName);
  return files.find((file) => /\.[cm]?[jt]sx?$/i.test(file) && folder.isFile(file));
}
