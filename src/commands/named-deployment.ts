import path from 'node:path';
import type { UndeployOptions } from '../deploy/index.js';
import { placeIn, type TargetOption, targetOf } from './named-target.js';

/** The options that name a deployment. */
export type DeploymentOptions = Pick<UndeployOptions, 'to' | 'site' | 'path'> & TargetOption;

/** One deployment, for the library. */
type Deployment = Pick<UndeployOptions, 'directory' | 'to' | 'site' | 'path'>;

/** The deployments that a command line names. */
export interface NamedDeployments {
  /** Of a target in package.json; empty: the one that fits the options. */
  readonly servers: readonly string[];
  /** That on a server, as in `--to`. */
  on(server: string | undefined): Deployment;
  /** The target's name. */
  readonly target?: string;
}

/**
 * The deployments of a target in package.json, or the one that the options name: without a folder and a path, what is deployed from
 * `cwd`.
 * @param dir The app's folder or the target's name, as it was typed.
 * @throws UserError TARGET_OR_FOLDER, TARGET_NOT_FOUND, TARGETS_INVALID.
 */
export function namedDeployments(dir: string | undefined, options: DeploymentOptions, cwd: string): NamedDeployments {
  const { to, site, path: vdirPath } = options;
  const target = targetOf(dir, options, cwd);
  const isByPath = target === undefined && dir === undefined && vdirPath !== undefined;
  const rest = {
    ...(isByPath ? {} : { directory: target?.directory ?? path.resolve(cwd, dir ?? '.') }),
    ...(target && placeIn(target)),
    ...(site === undefined ? {} : { site }),
    ...(vdirPath === undefined ? {} : { path: vdirPath }),
  };
  return {
    servers: to === undefined ? (target?.to ?? []) : [to],
    on: (server) => ({ ...rest, ...(server === undefined ? {} : { to: server }) }),
    ...(target && { target: target.name }),
  };
}
