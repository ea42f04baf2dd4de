import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { vdirPathOfWebConfig } from '../app/index.js';
import { isBuilt, readAppFacts } from '../deploy/index.js';
import { UserError } from '../errors.js';
import type { HostEvent } from '../host/index.js';

interface ServedApp {
  /** Where it sits: '/' or '/dante'. */
  readonly path: string;
  /** Absolute. */
  readonly directory: string;
}

/** What keeps an application from being what a person expects, though the embedded IIS serves it as IIS would. */
export function serveWarnings(apps: readonly ServedApp[]): readonly HostEvent[] {
  return apps.flatMap((app) => [...withoutWebConfig(app), ...elsewhere(app), ...unbuilt(app)]);
}

function withoutWebConfig({ path: vdirPath, directory }: ServedApp): readonly HostEvent[] {
  if (existsSync(path.join(directory, 'web.config'))) return [];
  // A site's root may be nothing but the folder of its applications.
  const inFolders = readdirSync(directory, { withFileTypes: true }).some(
    (entry) => entry.isDirectory() && existsSync(path.join(directory, entry.name, 'web.config')),
  );
  if (vdirPath === '/' && inFolders) return [];
  return [
    {
      level: 'warning',
      code: 'WEB_CONFIG_NOT_FOUND',
      message: `${directory} has no web.config: its files are served, and nothing in it is run by node. To make an app of it: iisnode-sock init ${directory}`,
    },
  ];
}

function elsewhere({ path: vdirPath, directory }: ServedApp): readonly HostEvent[] {
  const named = vdirPathOfWebConfig(directory);
  if (named === undefined || named.toLowerCase() === vdirPath.replace(/(.)\/$/, '$1').toLowerCase()) return [];
  return [
    {
      level: 'warning',
      code: 'VDIR_PATH_MISMATCH',
      message: `${directory} is made for ${named}, not for ${vdirPath}: its server answers 404 where it does not expect to be. Serve it without --path, or make it fit: iisnode-sock init ${directory} --path ${vdirPath}`,
      file: path.join(directory, 'web.config'),
    },
  ];
}

/** Its first request would find nothing, though all is well with it. */
function unbuilt({ directory }: ServedApp): readonly HostEvent[] {
  const entry = entryOf(directory);
  if (entry === undefined || existsSync(path.join(directory, entry)) || !isBuilt(directory, entry)) return [];
  return [
    {
      level: 'warning',
      code: 'ENTRY_NOT_BUILT',
      message: `${entry} is not built yet, so the app's answers are 404: npm run build --prefix ${directory}`,
      file: path.join(directory, 'web.config'),
    },
  ];
}

function entryOf(directory: string): string | undefined {
  try {
    return readAppFacts(directory, undefined, () => true).entry;
  } catch (error) {
    if (error instanceof UserError) return undefined; // told otherwise, by the first request at the latest
    throw error;
  }
}
