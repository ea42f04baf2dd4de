import path from 'node:path';
import type { UndeployOptions } from '../deploy/index.js';

/** The options that name a deployment. */
export type DeploymentOptions = Pick<UndeployOptions, 'to' | 'site' | 'path'>;

/**
 * The deployment that a command line names, for the library: without a folder and a path, what is deployed from `cwd`.
 * @param dir The app's folder, as it was typed.
 */
export const namedDeployment = (
  dir: string | undefined,
  { to, site, path: vdirPath }: DeploymentOptions,
  cwd: string,
): DeploymentOptions & Pick<UndeployOptions, 'directory'> => ({
  ...(dir === undefined && vdirPath !== undefined ? {} : { directory: path.resolve(cwd, dir ?? '.') }),
  ...(to === undefined ? {} : { to }),
  ...(site === undefined ? {} : { site }),
  ...(vdirPath === undefined ? {} : { path: vdirPath }),
});
