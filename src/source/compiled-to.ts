import path from 'node:path';
import { compiledFrom } from './compiled-from.js';
import type { AppFolder } from './folder.js';
import { compilerFolders } from './tsconfig.js';

const typed = /\.([cm]?)tsx?$/i;

/**
 * The JavaScript file that a compiler creates from a TypeScript file of the app, existing or not; undefined for other files, and
 * where it is unknown.
 *
 * @param name Relative, forward slashes.
 */
export function compiledTo(folder: AppFolder, name: string): string | undefined {
  if (!typed.test(name)) return undefined;
  const script = name.replace(typed, '.$1js');
  const candidates = compilerFolders(folder).flatMap(({ base, outDir, rootDir, noEmit }) => {
    if (noEmit) return [];
    if (outDir === undefined) return base === '' || script.startsWith(`${base}/`) ? [script] : [];
    // Without a rootDir it is the folder that all sources have in common.
    const roots = rootDir === undefined ? [path.posix.join(base, 'src'), base] : [rootDir];
    return roots.flatMap((root) => {
      if (root !== '' && !script.startsWith(`${root}/`)) return [];
      return [path.posix.join(outDir, root === '' ? script : script.slice(root.length + 1))];
    });
  });
  const right = candidates.filter((each) => compiledFrom(folder, each).names.includes(name));
  return right.find((each) => folder.isFile(each)) ?? right[0];
}
