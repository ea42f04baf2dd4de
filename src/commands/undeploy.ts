import { assumedDeployment, assumptionLine } from '../app/place/index.js';
import { undeploy as undeployApp } from '../deploy/index.js';
import { exitCodes } from '../exit-codes.js';
import type { Command, CommonOptions } from './context.js';
import { forEachServer } from './each-server.js';
import { type DeploymentOptions, namedDeployments } from './named-deployment.js';

interface UndeployCommandOptions extends CommonOptions, DeploymentOptions {}

/** `undeploy [dir]`, `undeploy TARGET` */
export const undeploy: Command<UndeployCommandOptions> = async ([dir], options, context) => {
  const { cwd, environment, signal } = context;
  const { servers, on } = namedDeployments(dir, options, cwd);
  return forEachServer(servers, context, async (to, terminal) => {
    const named = on(to);
    const result = await undeployApp({ ...named, environment, signal, onWait: (sentence) => terminal.say(sentence) });
    const assumed = assumptionLine(assumedDeployment(result, { path: named.path, site: named.site }));
    if (assumed !== undefined) terminal.say(terminal.err.dim(assumed));
    for (const line of result.said) terminal.print(line);
    terminal.document(result);
    return exitCodes.done.code;
  });
};
