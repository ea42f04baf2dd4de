import { type App, isCompiledByApp } from '../app/index.js';

/**
 * A TypeScript app whose `npm run build` creates the entry point: package.json has a build script, tsconfig.json is beside it or in
 * the package of the entry point, and this one is in an output folder or has its source (server.ts, src/server.ts) in the app.
 * A build script that creates something else, such as a page's bundle for a JavaScript server, is not run by deploy.
 */
export const isBuilt = (app: App, entry: string): boolean =>
  isCompiledByApp(app.folder, app.loadedBy(entry)?.name ?? entry);
