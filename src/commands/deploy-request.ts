import path from 'node:path';
import { type DeployOptions, overTarget, releasesFolder } from '../deploy/index.js';
import type { CommonOptions } from './context.js';
import { refuseNearTarget, targetOf } from './named-target.js';

/** As those of the library, but for what the command line gives in another way. */
export interface DeployCommandOptions
  extends CommonOptions,
    Omit<DeployOptions, 'directory' | 'to' | 'releasesDirectory' | 'signal' | 'environment' | 'appcmd'> {
  readonly to?: readonly string[];
  readonly releasesDir?: string;
  readonly machines?: number;
  readonly check?: boolean;
  readonly target?: string;
  readonly listTargets?: boolean;
  readonly parallel?: number;
  readonly keepGoing?: boolean;
}

/** What a command line, and the target that it names, ask for. */
export interface DeployRequest {
  readonly options: Omit<DeployOptions, 'to' | 'signal' | 'environment' | 'appcmd'>;
  /** Empty: the default one. */
  readonly servers: readonly string[];
  /** The target's name, and the package.json that has it. */
  readonly target?: string;
  readonly file?: string;
  readonly machines: number;
  readonly parallel: number;
  readonly keepGoing: boolean;
}

/** The options of a deployment: those of the target that is named, and those of the command line, which win. @throws UserError. */
export function deployRequest(dir: string | undefined, typed: DeployCommandOptions, cwd: string): DeployRequest {
  const {
    json: _j,
    verbose: _v,
    color: _c,
    updateNotifier: _u,
    check: _k,
    listTargets: _l,
    target: _t,
    ...flags
  } = typed;
  const target = targetOf(
    dir === '.' ? undefined : dir,
    typed.target === undefined ? {} : { target: typed.target },
    cwd,
  );
  if (target === undefined && dir !== undefined) refuseNearTarget(dir, cwd);
  const given = withAbsolutePaths(flags, cwd, flags.to ?? target?.to ?? []);
  const { to, machines = 1, parallel = 1, keepGoing = false, ...options } = overTarget(target?.options ?? {}, given);
  return {
    options: { ...options, directory: target?.directory ?? path.resolve(cwd, dir ?? '.') },
    servers: to ?? target?.to ?? [],
    ...(target && { target: target.name, file: target.file }),
    machines,
    parallel,
    keepGoing,
  };
}

/** Paths of the command line are relative to the working directory; `--no-build` and `--no-verify` are true when they are not given. */
function withAbsolutePaths(
  {
    releasesDir,
    installIisnode,
    installRewrite,
    build,
    verify,
    ...others
  }: Omit<DeployCommandOptions, 'json' | 'verbose' | 'color' | 'updateNotifier' | 'check' | 'listTargets' | 'target'>,
  cwd: string,
  servers: readonly string[],
) {
  return {
    ...others,
    ...(build === false && { build }),
    ...(verify === false && { verify }),
    ...(installIisnode === undefined ? {} : { installIisnode: path.resolve(cwd, installIisnode) }),
    ...(installRewrite === undefined ? {} : { installRewrite: path.resolve(cwd, installRewrite) }),
    ...(releasesDir === undefined ? {} : { releasesDirectory: releasesFolder(releasesDir, cwd, servers) }),
  };
}
