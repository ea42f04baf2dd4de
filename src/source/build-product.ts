const buildFolders = /^(dist|build|lib|out|output|\.next|\.output)\//i;

/**
 * Is this file of an app created by a build script of its package.json: in an output folder, or compiled from TypeScript
 * beside it or in src/?
 *
 * @param name Relative, forward slashes.
 * @param scripts The names of the scripts in package.json.
 * @param exists Whether the app has a file of that relative name.
 */
export function isBuildProduct(
  name: string,
  scripts: readonly string[],
  exists: (file: string) => boolean = () => false,
): boolean {
  if (!scripts.some((script) => /^build\b/.test(script))) return false;
  return buildFolders.test(name) || sourcesOf(name).some(exists);
}

/** server.js may come from server.ts or src/server.ts. */
function sourcesOf(name: string): readonly string[] {
  const typed = name.replace(/\.([cm]?)js$/i, '.$1ts');
  return typed === name ? [] : [typed, `src/${typed}`];
}
