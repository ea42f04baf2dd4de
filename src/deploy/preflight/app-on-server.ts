import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { App } from '../../app/index.js';
import { type AppOnServer, describeApp } from '../../server/index.js';
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
  const release = copiedTo === undefined ? undefined : existingPart(copiedTo);
  return describeApp({
    directory: release ?? plan.directory,
    entry: release ?? path.win32.join(plan.directory, plan.entry),
    logDirectory: release === undefined ? plan.logDirectory : undefined,
    nodeProcessCommandLine: app.settingsOf(plan.entry)?.values.nodeProcessCommandLine,
    pool: { name: plan.poolName, ...(await poolIdentity(context, plan.poolName)) },
    anonymousUser: 'IUSR',
  });
}

/**
 * A fingerprint of the app's place and its pool and of the node.exe that it wants, then one of its files. A file that is moved into the
 * app's own folder keeps its former rights; a release is written anew, and what is in it inherits those of the folder of the releases.
 */
export async function checkedFor(
  context: DeployContext,
  plan: DeployPlan,
  app: App,
  copiedTo: string | undefined,
): Promise<string> {
  // Where it is copied to, the folder that exists is another one after the first deployment, and each release has one of its own.
  const { directory, entry: _, logDirectory, ...asked } = await appOnServer(context, plan, app, undefined);
  const place = copiedTo === undefined ? [directory, logDirectory] : [copiedTo];
  const all = [asked, plan.entry, ...place, app.manifest.nodeRange];
  return createHash('sha1').update(JSON.stringify(all)).digest('hex') + fingerprintOf(plan);
}

/** In hexadecimal digits. */
const placeLength = 40;

/**
 * Is what was checked the same?
 * @param before as in the record of a deployment that works.
 * @param isAnyFile its files may be others.
 */
export const isSameChecked = (before: string, now: string, isAnyFile: boolean): boolean =>
  before === now || (isAnyFile && before.slice(0, placeLength) === now.slice(0, placeLength));

/** The folder, or the nearest one above it that exists: a new folder inherits its rights. */
function existingPart(folder: string): string {
  for (let at = folder; ; at = path.dirname(at)) if (existsSync(at) || path.dirname(at) === at) return at;
}
