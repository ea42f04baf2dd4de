import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { App } from '../../app/index.js';
import { splitCommandLine } from '../../host/facts/index.js';
import type { AppOnServer } from '../../server/index.js';
import { fingerprintOf } from '../fingerprint.js';
import type { DeployPlan } from '../plan.js';
import { poolIdentity } from '../pool-account.js';
import type { DeployContext } from '../step.js';

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
  const command = app.settingsOf(plan.entry)?.values.nodeProcessCommandLine;
  const [nodeProgram] = command === undefined ? [] : splitCommandLine(command);
  const release = copiedTo === undefined ? undefined : existingPart(copiedTo);
  return {
    directory: release ?? plan.directory,
    entry: release ?? path.win32.join(plan.directory, plan.entry),
    ...(plan.logDirectory === undefined || release !== undefined ? {} : { logDirectory: plan.logDirectory }),
    ...(nodeProgram === undefined ? {} : { nodeProgram }),
    pool: { name: plan.poolName, ...(await poolIdentity(context, plan.poolName)) },
    anonymousUser: 'IUSR',
  };
}

/** A fingerprint of the app, of its place and its pool, and of the node.exe that it wants. */
export async function checkedFor(
  context: DeployContext,
  plan: DeployPlan,
  app: App,
  copiedTo: string | undefined,
): Promise<string> {
  // Where it is copied to, the folder that exists is another one after the first deployment.
  const asked = await appOnServer(context, plan, app, undefined);
  const all = [asked, copiedTo, app.manifest.nodeRange, fingerprintOf(plan.directory)];
  return createHash('sha1').update(JSON.stringify(all)).digest('hex');
}

/** The folder, or the nearest one above it that exists: a new folder inherits its rights. */
function existingPart(folder: string): string {
  for (let at = folder; ; at = path.dirname(at)) if (existsSync(at) || path.dirname(at) === at) return at;
}
