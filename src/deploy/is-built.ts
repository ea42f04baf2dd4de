import { type App, isBuilt as isMadeByBuild } from '../app/index.js';

/**
 * A TypeScript app whose `npm run build` creates the entry point: package.json has a build script, tsconfig.json is beside it, and
 * the entry point is in an output folder or has its source (server.ts, src/server.ts) in the app.
 * A build script that creates something else, such as a page's bundle for a JavaScript server, is not run by deploy.
 */
export function isBuilt(app: App, entry: string): boolean {
  const { folder, manifest } = app;
  const { build } = manifest.scripts;
  const name = app.loadedBy(entry)?.name ?? entry;
  // `npm run build` runs the script of exactly that name.
  return build !== undefined && folder.isFile('tsconfig.json') && isMadeByBuild(folder, { scripts: { build } }, name);
}
