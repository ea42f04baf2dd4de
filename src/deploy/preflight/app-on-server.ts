import { existsSync } from 'node:fs';
import path from 'node:path';
import type { App } from '../../app/index.js';
import { splitCommandLine } from '../../host/facts/index.js';
import type { AppOnServer } from '../../server/index.js';
import type { DeployPlan } from '../plan.js';
import type { DeployContext } from '../step.js';
import { findPool } from '../steps/run-appcmd.js';

/**
 * What the look at the server needs to know of the app.
 * @param copiedTo the folder of its releases, which need not exist yet.
 */
export async function appOnServer(
  context: DeployContext,
  plan: DeployPlan,
  app: App,
  copiedTo: string | undefined,
): Promise<AppOnServer> {
  const pool = await findPool(context, plan.poolName);
  const userName = pool?.configured('processModel.userName');
  const command = app.settingsOf(plan.entry)?.values.nodeProcessCommandLine;
  const [nodeProgram] = command === undefined ? [] : splitCommandLine(command);
  const release = copiedTo === undefined ? undefined : existingPart(copiedTo);
  return {
    directory: release ?? plan.directory,
    entry: release ?? path.win32.join(plan.directory, plan.entry),
    ...(plan.logDirectory === undefined || release !== undefined ? {} : { logDirectory: plan.logDirectory }),
    ...(nodeProgram === undefined ? {} : { nodeProgram }),
    pool: {
      name: plan.poolName,
      identity: pool?.configured('processModel.identityType') ?? 'ApplicationPoolIdentity',
      ...(userName === undefined ? {} : { userName }),
    },
    anonymousUser: 'IUSR',
  };
}

/** The folder, or the nearest one above it that exists: a new folder inherits its rights. */
function existingPart(folder: string): string {
  for (let at = folder; ; at = path.dirname(at)) if (existsSync(at) || path.dirname(at) === at) return at;
}
