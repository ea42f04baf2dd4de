import { assumedDeployment, assumptionLine } from '../app/place/index.js';
import { undeploy as undeployApp } from '../deploy/index.js';
import { exitCodes } from '../exit-codes.js';
import type { Command, CommonOptions } from './context.js';
import { type DeploymentOptions, namedDeployment } from './named-deployment.js';

interface UndeployCommandOptions extends CommonOptions, DeploymentOptions {}

/** `undeploy [dir]` */
export const undeploy: Command<UndeployCommandOptions> = async ([dir], options, context) => {
  const { terminal, cwd, environment } = context;
  const { site, path: vdirPath } = options;
  const result = await undeployApp({
    ...namedDeployment(dir, options, cwd),
    environment,
    signal: context.signal,
    onWait: (sentence) => terminal.say(sentence),
  });
  const assumed = assumptionLine(assumedDeployment(result, { path: vdirPath, site }));
  if (assumed !== undefined) terminal.say(terminal.err.dim(assumed));
  for (const line of result.said) terminal.print(line);
  terminal.document(result);
  return exitCodes.done.code;
};
