import { assumedDeployment, assumptionLine } from '../app/place/index.js';
import { placedBySsh, type UndeployResult, undeploy as undeployApp } from '../deploy/index.js';
import { exitCodes } from '../exit-codes.js';
import type { Terminal } from '../terminal/index.js';
import type { Command, CommonOptions } from './context.js';
import { forEachServer } from './each-server.js';
import { type DeploymentOptions, namedDeployments } from './named-deployment.js';

interface UndeployCommandOptions extends CommonOptions, DeploymentOptions {
  readonly dryRun?: boolean;
}

/** `undeploy [dir]`, `undeploy TARGET` */
export const undeploy: Command<UndeployCommandOptions> = async ([dir], options, context) => {
  const { cwd, environment, signal } = context;
  const { servers, on } = namedDeployments(dir, options, cwd);
  return forEachServer(servers, context, async (to, terminal) => {
    const named = on(to);
    const result = await undeployApp({
      ...named,
      ...(options.dryRun && { dryRun: true }),
      environment,
      signal,
      onWait: (sentence) => terminal.say(sentence),
    });
    // What the address names is not assumed.
    const { path, site } = placedBySsh(named);
    const assumed = assumptionLine(assumedDeployment(result, { path, site }));
    if (assumed !== undefined) terminal.say(terminal.err.dim(assumed));
    if (result.dryRun && result.changed) renderDryRun(terminal, result);
    else for (const line of result.said) terminal.print(line);
    terminal.document(result);
    return exitCodes.done.code;
  });
};

/** The commands, as `deploy --dry-run` shows them, and what undeploy would report. */
function renderDryRun({ print, out }: Terminal, { site, path: vdirPath, commands, said }: UndeployResult): void {
  print(`undeploy would remove ${vdirPath} of "${site}"; nothing is changed`);
  for (const command of commands) print(`  ${command}`);
  print(out.dim('It would report:'));
  for (const line of said) print(`  ${line}`);
}
