import { type App, isBuilt as isMadeByBuild } from '../app/index.js';

/**
 * A TypeScript app whose entry point its own `npm run build` makes: package.json has a build script, tsconfig.json stands
 * beside it, and the entry point is in a folder for what is built or has its source (server.ts, src/server.ts) in the app.
 * A build script that makes something else, such as a page's bundle for a server in JavaScript, is not deploy's to run.
 */
export function isBuilt({ folder, manifest }: App, entry: string): boolean {
  const { build } = manifest.scripts;
  // `npm run build` runs the script of just that name.
  return build !== undefined && folder.isFile('tsconfig.json') && isMadeByBuild(folder, { scripts: { build } }, entry);
}
