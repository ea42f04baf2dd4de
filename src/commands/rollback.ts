import { existsSync } from 'node:fs';
import path from 'node:path';
import { DeployFailed, isAzure, rollback as rollbackApp, rollbackFarm } from '../deploy/index.js';
import { UserError } from '../errors.js';
import { exitCodes } from '../exit-codes.js';
import type { Expectation } from '../probe/index.js';
import { typedCommand } from '../typed-command.js';
import { azureRollback } from './azure.js';
import type { Command, CommonOptions } from './context.js';
import { type DeploymentOptions, type NamedDeployments, namedDeployments } from './named-deployment.js';
import { namesTargetIn } from './named-target.js';
import { printEvent, renderDeployment, renderProbe } from './render-deploy.js';
import { farmTalk, renderFarm } from './render-farm.js';

interface RollbackCommandOptions extends CommonOptions, DeploymentOptions {
  readonly dir?: string;
  readonly dryRun?: boolean;
  readonly verify?: boolean;
  readonly expect?: readonly Expectation[];
}

/** `rollback [release]`, `rollback TARGET [release]` */
export const rollback: Command<RollbackCommandOptions> = async ([first, second], options, context) => {
  const { terminal, cwd, environment, signal } = context;
  const { dir, dryRun = false, verify = true, expect } = options;
  const folder = path.resolve(cwd, dir ?? '.');
  const isTarget = second !== undefined || (options.target === undefined && namesTargetIn(folder, first));
  const release = isTarget ? second : first;
  const named = isTarget ? namedTarget(first, options, cwd) : namedDeployments(dir, options, cwd);
  const wanted = {
    ...(release === undefined ? {} : { release }),
    ...(expect === undefined ? {} : { expect }),
    dryRun,
    verify,
    environment,
    signal,
  };
  const done = (time: string): string => `rolled back in ${time}`;
  if (named.servers.length > 1) {
    const talk = farmTalk(terminal, { count: named.servers.length, together: false, dryRun, done });
    const run = await rollbackFarm(
      named.servers.map((server) => ({ ...wanted, ...named.on(server) })),
      talk,
    );
    return renderFarm(terminal, run, { target: named.target });
  }
  const [server] = named.servers;
  if (isAzure(server)) return azureRollback({ to: server, release, dryRun, verify, expect }, context);
  const result = await rollbackApp({ ...named.on(server), ...wanted }, (event) =>
    printEvent(terminal, event, dryRun),
  ).catch((error: unknown) => {
    if (error instanceof DeployFailed) renderProbe(terminal, error.probe);
    throw dir === undefined ? withFolderNamed(error, release, cwd) : error;
  });
  renderDeployment(terminal, result, (time) => `rolled back to ${result.plan.release?.id} in ${time}`);
  terminal.document({ ...result, exit: exitCodes[result.exit].code });
  return exitCodes[result.exit].code;
};

/** A word that is no release and a folder here was meant as the app's. */
function withFolderNamed(error: unknown, word: string | undefined, cwd: string): unknown {
  const isOther = error instanceof UserError && ['NOT_DEPLOYED', 'RELEASE_NOT_FOUND'].includes(error.code);
  if (!isOther || word === undefined || !existsSync(path.resolve(cwd, word))) return error;
  const { code, what, exit, cause } = error;
  const why = `"${word}" is taken as the name of a release; here it is a folder.`;
  return new UserError(code, { what, why, next: typedCommand(['rollback', '--dir', word]), exit, cause });
}

/** The first of two words names the target. */
const namedTarget = (name: string | undefined, options: RollbackCommandOptions, cwd: string): NamedDeployments =>
  namedDeployments(options.dir, { ...options, ...(name === undefined ? {} : { target: name }) }, cwd);
