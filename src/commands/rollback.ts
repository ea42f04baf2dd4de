import { DeployFailed, rollback as rollbackApp } from '../deploy/index.js';
import { exitCodes } from '../exit-codes.js';
import type { Expectation } from '../probe/index.js';
import type { Command, CommonOptions } from './context.js';
import { type DeploymentOptions, namedDeployment } from './named-deployment.js';
import { printEvent, renderDeployment, renderProbe } from './render-deploy.js';

interface RollbackCommandOptions extends CommonOptions, DeploymentOptions {
  readonly dir?: string;
  readonly dryRun?: boolean;
  readonly verify?: boolean;
  readonly expect?: readonly Expectation[];
}

/** `rollback [release]` */
export const rollback: Command<RollbackCommandOptions> = async ([release], options, context) => {
  const { terminal, cwd, environment, signal } = context;
  const { dir, dryRun = false, verify = true, expect } = options;
  const result = await rollbackApp(
    {
      ...namedDeployment(dir, options, cwd),
      ...(release === undefined ? {} : { release }),
      ...(expect === undefined ? {} : { expect }),
      dryRun,
      verify,
      environment,
      signal,
    },
    (event) => printEvent(terminal, event, dryRun),
  ).catch((error: unknown) => {
    if (error instanceof DeployFailed) renderProbe(terminal, error.probe);
    throw error;
  });
  renderDeployment(terminal, result, (time) => `rolled back to ${result.plan.release?.id} in ${time}`);
  terminal.document({ ...result, exit: exitCodes[result.exit].code });
  return exitCodes[result.exit].code;
};
