import { appcmdExit, indexer, listConfig, parseAppcmdXml } from '../../appcmd/index.js';
import type { DeployPlan } from '../plan.js';
import type { DeployContext, DeployStep } from '../step.js';
import { formatAll, runAll, runOne } from './run-appcmd.js';

const section = 'system.webServer/rewrite/allowedServerVariables';

interface SeenVariables {
  /** Variables that web.config's rules set and the server does not allow. */
  readonly forbidden: readonly string[];
}

const variableChange = (sign: '+' | '-', name: string): string[] => [
  'set',
  'config',
  `/section:${section}`,
  `/${sign}${indexer({ name })}`,
  '/commit:apphost',
];

async function lookAtVariables(
  { appcmd }: DeployContext,
  { serverVariables = [] }: DeployPlan,
): Promise<SeenVariables> {
  if (serverVariables.length === 0) return { forbidden: [] };
  const result = await appcmd.run(listConfig(section));
  // Not declared means URL Rewrite is not installed: the live app will answer 500.19.
  if (result.exitCode !== appcmdExit.done) return { forbidden: [] };
  const entries = parseAppcmdXml(result.stdout).flatMap(({ config }) => config?.children ?? []);
  const allowed = new Set(entries.map(({ attributes }) => attributes.get('name')?.toUpperCase()));
  return { forbidden: serverVariables.filter((name) => !allowed.has(name.toUpperCase())) };
}

/**
 * The server variables that web.config's rewrite rules set: URL Rewrite answers 500.50 where a rule sets one that is not on
 * the server's list ("Setting HTTP request headers and IIS server variables", learn.microsoft.com).
 */
export const allowServerVariables: DeployStep<SeenVariables> = {
  id: 'allow-server-variables',
  title: 'Allow the server variables its rewrite rules set',
  look: lookAtVariables,
  say: (context, _plan, { forbidden }) =>
    formatAll(
      context,
      forbidden.map((name) => variableChange('+', name)),
    ),
  do: (context, _plan, { forbidden }) =>
    runAll(
      context,
      forbidden.map((name) => variableChange('+', name)),
    ),
  async undo(context, plan, { forbidden }) {
    const still = await lookAtVariables(context, plan);
    const added = forbidden.filter((name) => !still.forbidden.includes(name));
    // Not runAll: the rollback continues after an interruption.
    for (const name of added.reverse()) await runOne(context, variableChange('-', name));
  },
  remove: { keeps: 'other applications may set these variables' },
};
