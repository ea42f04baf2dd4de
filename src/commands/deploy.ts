import path from 'node:path';
import { assumptionLine } from '../app/index.js';
import {
  type CheckApp,
  checkDeployment,
  DeployFailed,
  type DeployTalk,
  type DeployWarning,
  deployWithWarnings,
  faultyServers,
  isAzure,
} from '../deploy/index.js';
import { exitCodes } from '../exit-codes.js';
import type { Terminal } from '../terminal/index.js';
import type { Command, CommandContext } from './context.js';
import { type DeployCommandOptions, deployRequest } from './deploy-request.js';
import { forEachServer } from './each-server.js';
import { lasting } from './lasting.js';
import { listTargets } from './list-targets.js';
import { renderCheck } from './render-check.js';
import { printEvent, renderDeployment, renderProbe } from './render-deploy.js';

/** `deploy [dir]`, `deploy TARGET` */
export const deploy: Command<DeployCommandOptions> = async ([dir], options, context) => {
  const { terminal, cwd, environment, signal } = context;
  if (options.listTargets === true) {
    const folder = path.resolve(cwd, dir ?? '.');
    for (const warning of faultyServers(folder)) printWarning(terminal, warning, cwd);
    return listTargets(terminal, folder);
  }
  const request = deployRequest(dir, options, cwd);
  const { servers, machines } = request;
  const beside = request.file === undefined ? [] : faultyServers(path.dirname(request.file), request.target);
  for (const warning of beside) printWarning(terminal, warning, cwd);
  const { runRulesAt } = await import('../doctor/index.js'); // loaded here: not needed for a wrong command line
  const ofServers = servers.length > 1 ? Math.max(machines, servers.length) : machines;
  const checkApp: CheckApp = (app) => runRulesAt(servers.some(isAzure) ? 'azure' : 'deploy', app, ofServers);
  const asked = { ...request.options, signal, environment };
  const toServer = (to: string | undefined) => ({ ...asked, ...(to === undefined ? {} : { to }) });
  if (options.check === true) {
    return forEachServer(servers, context, async (to, own) =>
      renderCheck(own, await checkDeployment(toServer(to), checkApp)),
    );
  }
  if (servers.length > 1) {
    const { deployToServers } = await import('./deploy-farm.js');
    return deployToServers(request, context, {
      checkApp,
      machines: ofServers,
      warning: asWarning,
      printWarning,
      beside,
    });
  }
  if (options.parallel !== undefined || options.keepGoing === true) noteOneServer(terminal);
  const { warnings, ...result } = await deployToOne(toServer(servers[0]), checkApp, context);
  const isChecked = request.options.verify !== false;
  renderDeployment(terminal, result, (time) =>
    isChecked ? `From zero to divine in ${time}` : `deployed in ${time}; not checked (--no-verify)`,
  );
  terminal.document({
    ...result,
    warnings: [...beside, ...warnings].map(asWarning),
    exit: exitCodes[result.exit].code,
  });
  return exitCodes[result.exit].code;
};

/** The deployment to one server, with what it says on the way. */
function deployToOne(
  options: Parameters<typeof deployWithWarnings>[0],
  checkApp: CheckApp,
  { terminal, cwd }: CommandContext,
): ReturnType<typeof deployWithWarnings> {
  const talk: DeployTalk = {
    event: (event) => printEvent(terminal, event, options.dryRun === true),
    warning: (warning) => printWarning(terminal, warning, cwd),
    assumed: (values) => {
      const line = assumptionLine(values);
      if (line !== undefined) terminal.say(terminal.err.dim(line));
    },
  };
  return lasting(terminal, 'reading the app', () => deployWithWarnings(options, checkApp, talk), {
    onlyWhileReading: true,
  }).catch((error: unknown) => {
    if (error instanceof DeployFailed) renderProbe(terminal, error.probe);
    throw error;
  });
}

/** For options of the command line that have no effect with one server; a target in package.json may have them for later. */
const noteOneServer = ({ say, err }: Terminal): void =>
  say(`${err.info('i')} --parallel and --keep-going are for several servers: this deployment has one`);

/** A finding in deploy's JSON document. */
const asWarning = ({ rule, message, why, fix, file, line }: DeployWarning) => ({
  code: rule,
  message,
  why,
  fix,
  file,
  line,
});

function printWarning(
  { say, err }: Terminal,
  { rule, message, why, fix, file, line }: DeployWarning,
  cwd: string,
): void {
  const at = file === undefined ? '' : `  ${err.dim(`${path.relative(cwd, file)}:${line}`)}`;
  say(`${err.warning('!')} ${rule}  ${message}${at}`);
  say(`    ${why}`);
  if (fix !== undefined) say(`    fix: ${fix}`);
}
