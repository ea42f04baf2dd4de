const buildFolders = /^(dist|build|lib|out|output|\.next|\.output)\//i;

/** Is this file of an app made by a build script of its package.json? `name`: relative, forward slashes. */
export function isBuildProduct(name: string, scripts: readonly string[]): boolean {
  return buildFolders.test(name) && scripts.some((script) => /^build\b/.test(script));
}
