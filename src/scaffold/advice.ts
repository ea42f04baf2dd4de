import path from 'node:path';
import { adviseClients } from './advice-client.js';
import type { AdviceOptions } from './advice-options.js';
import { adviseRoutes } from './advice-routes.js';
import { adviseServers } from './advice-server.js';
import { type AppSources, readAppSources } from './app-sources.js';
import type { Advice } from './types.js';

/** What server and client code must do for the vdir path, with the lines found; reads the app's own sources. */
export function adviseApp(directory: string, options: AdviceOptions): Advice[] {
  return advise(directory, readAppSources(directory, options.entry, options.scripts ?? []), options);
}

/** The same over sources already read. */
export function advise(directory: string, sources: AppSources, options: AdviceOptions): Advice[] {
  return [
    ...adviseServers(sources.servers, options.vdirPath, options.speaksSocketIo),
    ...adviseRoutes(sources.servers, options),
    ...adviseClients(sources, options.vdirPath),
  ].map(({ file, ...advice }) => ({
    ...advice,
    ...(file === undefined ? {} : { file: path.relative(directory, file).split(path.sep).join('/') }),
  }));
}
