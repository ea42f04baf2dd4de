import path from 'node:path';
import { assumptionLine } from '../app/index.js';
import {
  type CheckApp,
  checkDeployment,
  DeployFailed,
  type DeployOptions,
  type DeployWarning,
  deployWithWarnings,
} from '../deploy/index.js';
import { exitCodes } from '../exit-codes.js';
import type { Terminal } from '../terminal/index.js';
import type { Command, CommonOptions } from './context.js';
import { renderCheck } from './render-check.js';
import { printEvent, renderDeployment, renderProbe } from './render-deploy.js';

/** As those of the library, but for what the command line gives in another way. */
interface DeployCommandOptions
  extends CommonOptions,
    Omit<DeployOptions, 'directory' | 'releasesDirectory' | 'signal' | 'environment' | 'appcmd'> {
  readonly releasesDir?: string;
  readonly machines?: number;
  readonly check?: boolean;
}

/** `deploy [dir]` */
export const deploy: Command<DeployCommandOptions> = async ([dir = '.'], options, context) => {
  const { terminal, cwd, environment, signal } = context;
  const { json: _json, verbose: _verbose, color: _color, machines = 1, releasesDir, check, ...given } = options;
  const { dryRun = false } = given;
  const directory = path.resolve(cwd, dir);
  const { runRulesAt } = await import('../doctor/index.js'); // loaded here: not needed for a wrong command line
  const { installIisnode, installRewrite } = given;
  const asked = {
    ...given,
    ...(installIisnode === undefined ? {} : { installIisnode: path.resolve(cwd, installIisnode) }),
    ...(installRewrite === undefined ? {} : { installRewrite: path.resolve(cwd, installRewrite) }),
    ...(releasesDir === undefined ? {} : { releasesDirectory: path.resolve(cwd, releasesDir) }),
    directory,
    signal,
    environment,
  };
  const checkApp: CheckApp = (app) => runRulesAt('deploy', app, machines);
  if (check === true) return renderCheck(terminal, await checkDeployment(asked, checkApp));
  const { warnings, ...result } = await deployWithWarnings(asked, checkApp, {
    event: (event) => printEvent(terminal, event, dryRun),
    warning: (warning) => printWarning(terminal, warning, cwd),
    assumed: (values) => {
      const line = assumptionLine(values);
      if (line !== undefined) terminal.say(terminal.err.dim(line));
    },
  }).catch((error: unknown) => {
    if (error instanceof DeployFailed) renderProbe(terminal, error.probe);
    throw error;
  });
  renderDeployment(terminal, result, (time) => `From zero to divine in ${time}`);
  terminal.document({ ...result, warnings: warnings.map(asWarning), exit: exitCodes[result.exit].code });
  return exitCodes[result.exit].code;
};

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
