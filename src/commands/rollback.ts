import path from 'node:path';
import { DeployFailed, isAzure, rollback as rollbackApp, rollbackFarm } from '../deploy/index.js';
import { exitCodes } from '../exit-codes.js';
import type { Expectation } from '../probe/index.js';
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
    throw error;
  });
  renderDeployment(terminal, result, (time) => `rolled back to ${result.plan.release?.id} in ${time}`);
  terminal.document({ ...result, exit: exitCodes[result.exit].code });
  return exitCodes[result.exit].code;
};

/** The first of two words names the target. */
const namedTarget = (name: string | undefined, options: RollbackCommandOptions, cwd: string): NamedDeployments =>
  namedDeployments(options.dir, { ...options, ...(name === undefined ? {} : { target: name }) }, cwd);
