import { assumptionLine } from '../app/index.js';
import { type CheckApp, type DeployWarning, deployFarm } from '../deploy/index.js';
import { farmFacts } from '../doctor/index.js';
import type { Terminal } from '../terminal/index.js';
import type { CommandContext } from './context.js';
import type { DeployRequest } from './deploy-request.js';
import { seconds } from './duration.js';
import { farmTalk, renderFarm } from './render-farm.js';

interface Handed {
  readonly checkApp: CheckApp;
  /** How many machines run the app. */
  readonly machines: number;
  readonly warning: (warning: DeployWarning) => object;
  readonly printWarning: (terminal: Terminal, warning: DeployWarning, cwd: string) => void;
  /** Printed before: what is wrong with other targets. */
  readonly beside: readonly DeployWarning[];
}

/** `deploy` with several servers: one result each, and one exit code, the worst. */
export async function deployToServers(
  { options, servers, target, parallel, keepGoing }: DeployRequest,
  { terminal, cwd, environment, signal }: CommandContext,
  { checkApp, machines, warning: asWarning, printWarning, beside }: Handed,
): Promise<number> {
  const began = performance.now();
  const dryRun = options.dryRun === true;
  const talk = farmTalk(terminal, {
    count: servers.length,
    together: parallel > 1,
    dryRun,
    done: (time) => `live in ${time}`,
  });
  const { warnings, ...run } = await deployFarm(
    { options: { ...options, environment, signal }, servers, parallel, keepGoing },
    { checkApp, farmFacts: (app) => farmFacts(app, machines) },
    {
      ...talk,
      warning: (warning) => printWarning(terminal, warning, cwd),
      assumed: (values) => {
        const line = assumptionLine(values);
        if (line !== undefined) terminal.say(terminal.err.dim(line));
      },
      note: (sentence) => terminal.say(`${terminal.err.info('i')} ${sentence}`),
    },
  );
  const further = { ...(target === undefined ? {} : { target }), warnings: [...beside, ...warnings].map(asWarning) };
  const code = renderFarm(terminal, run, further);
  if (run.exit === 'done' && !dryRun) {
    const time = seconds(performance.now() - began);
    terminal.print(
      options.verify === false
        ? `deployed to ${servers.length} servers in ${time}; not checked (--no-verify)`
        : `From zero to divine on ${servers.length} servers in ${time}`,
    );
  }
  return code;
}
