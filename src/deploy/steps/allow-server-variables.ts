import { appcmdExit, clearConfig, listConfig, parseAppcmdXml, searchConfig } from '../../appcmd/index.js';
import type { DeployPlan } from '../plan.js';
import { variableChange, variablesPart } from '../script/variables-part.js';
import type { DeployContext, DeployStep } from '../step.js';
import { formatAll, runAll, runOne } from './run-appcmd.js';

const section = 'system.webServer/rewrite/allowedServerVariables';

interface SeenVariables {
  /** Variables that web.config's rules set and the server does not allow. */
  readonly forbidden: readonly string[];
  /** The server sets the section, if only as an empty element. */
  readonly isSet: boolean;
}

async function lookAtVariables(
  { appcmd }: DeployContext,
  { serverVariables = [] }: DeployPlan,
): Promise<SeenVariables> {
  if (serverVariables.length === 0) return { forbidden: [], isSet: true };
  const result = await appcmd.run(listConfig(section));
  if (result.exitCode !== appcmdExit.done) return { forbidden: [], isSet: true };
  const entries = parseAppcmdXml(result.stdout).flatMap(({ config }) => config?.children ?? []);
  const allowed = new Set(entries.map(({ attributes }) => attributes.get('name')?.toUpperCase()));
  const forbidden = serverVariables.filter((name) => !allowed.has(name.toUpperCase()));
  // Only asked where something will be added: without an entry, the list does not tell an empty element from none.
  const isSet = allowed.size > 0 || forbidden.length === 0 || (await isSetOnServer(appcmd));
  return { forbidden, isSet };
}

/** One line `CONFIGSEARCH "MACHINE/WEBROOT/APPHOST"` for each path that sets it (iis.md 2.2); a refusal counts as set. */
async function isSetOnServer(appcmd: DeployContext['appcmd']): Promise<boolean> {
  const { exitCode, stdout } = await appcmd.run(searchConfig(section));
  return exitCode !== appcmdExit.done || /"MACHINE\/WEBROOT\/APPHOST"/i.test(stdout);
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
  async undo(context, plan, { forbidden, isSet }) {
    const still = await lookAtVariables(context, plan);
    const added = forbidden.filter((name) => !still.forbidden.includes(name));
    // Not runAll: the rollback continues after an interruption.
    for (const name of added.reverse()) await runOne(context, variableChange('-', name));
    // Removing the last entry leaves an empty element.
    if (!isSet && (await isSetOnServer(context.appcmd))) await runOne(context, clearConfig(section));
  },
  usedBy: () => ['create-application', 'switch-release'],
  script: variablesPart,
  remove: { keeps: 'other applications may set these variables' },
};
