import path from 'node:path';
import { requireServableFolder } from '../../config/index.js';
import { UserError } from '../../errors.js';
import { isBelow } from '../../files/index.js';
import type { Home } from '../../host/index.js';
import { type PackedApp, packApp } from '../../pack/index.js';
import { filesToPack } from '../app-files.js';
import type { DeployContext } from '../step.js';
import { findApp } from '../steps/run-appcmd.js';
import type { DeployOptions, DeployPlan, PlannedRelease } from '../types.js';
import { releasesBase } from './base-folder.js';
import { releaseFor } from './choose-release.js';
import { whoIsIt } from './journal.js';
import type { FarRequest } from './journalled.js';
import type { Release } from './release.js';
import { openReleases } from './release-folder.js';

/** How many releases are kept when no number is given. */
export const standardKeep = 5;

/** Where the releases of an application are, and how many are kept. */
export interface ReleaseRequest {
  readonly base: string;
  readonly keep: number;
  /** Another machine has asked for it. */
  readonly far?: FarRequest;
  /** The app came from another machine; undefined: it is copied from its folder on this one. */
  readonly received?: ReceivedApp;
  /** It goes back after a deployment that has failed, which may still hold the lock of the releases. */
  readonly wayBack?: { readonly isLocked: boolean };
}

/** An app whose files are on this machine already, below the folder of its releases. The lock of that folder is held. */
export interface ReceivedApp {
  readonly app: PackedApp;
  /** Its files are in this release's folder, which is not complete yet; undefined: they are those of a kept release. */
  readonly staged?: Release;
}

/** Releases are copied on the machine that deploys. @throws UserError RELEASES_AND_IN_PLACE, RELEASES_NOT_THERE, BAD_RELEASES. */
export function checkReleaseOptions(
  { releases, releasesDirectory, inPlace }: DeployOptions,
  to: 'server' | 'script' | 'package',
): void {
  const isAsked = releases !== undefined || releasesDirectory !== undefined;
  if (!isAsked) return;
  if (inPlace === true) {
    throw new UserError('RELEASES_AND_IN_PLACE', {
      what: '--releases and --in-place cannot be used together',
      why: 'With --in-place IIS gets the folder of the app itself, which is no release.',
      next: 'omit one of them',
    });
  }
  if (releases !== undefined && releases !== true && (!Number.isInteger(releases) || releases < 1)) {
    throw new UserError('BAD_RELEASES', {
      what: `${releases} releases cannot be kept`,
      why: 'The live one is always kept.',
      next: 'give a number from 1 on',
    });
  }
  if (to === 'server') return;
  throw new UserError('RELEASES_NOT_THERE', {
    what: '--releases needs the server',
    why: `Releases are copied on the machine that runs IIS, and this deployment only writes ${to === 'package' ? 'a package' : 'commands'} for it.`,
    next: 'leave --releases out, or deploy on the server',
    again: { without: ['--releases'] },
  });
}

/** undefined: in place. The deployment before decides what the options leave open. */
export function releaseRequest(
  options: DeployOptions,
  plan: DeployPlan,
  {
    earlier,
    target,
  }: { readonly earlier: DeployContext['earlier'] | undefined; readonly target: DeployContext['target'] },
  home: Home,
): ReleaseRequest | undefined {
  const { releases, releasesDirectory, inPlace } = options;
  const known = earlier?.releases;
  const isAsked = releases !== undefined || releasesDirectory !== undefined;
  if (inPlace === true || (!isAsked && known?.live === undefined)) return undefined;
  const base = releasesBase(options, { place: plan, target: target.name, home, source: plan.directory }, earlier);
  return { base, keep: releases === undefined || releases === true ? (known?.keep ?? standardKeep) : releases };
}

/** What the steps need for a release: the plan with its folder, and its files. */
export interface PreparedRelease {
  readonly plan: DeployPlan;
  readonly context: DeployContext;
}

/**
 * Packs the app, and plans its release. Writes nothing.
 * @throws UserError APP_NOT_PACKABLE; those of `requireServableFolder`.
 */
export async function prepareRelease(
  context: DeployContext,
  plan: DeployPlan,
  { base, keep, received }: ReleaseRequest,
): Promise<PreparedRelease> {
  const folder = openReleases(base);
  const live = folder.at((await findApp(context, plan))?.physicalPath);
  const { platform, arch } = process;
  const app =
    received?.app ??
    (await packApp(filesToPack(plan, { platform, arch }, context.signal), live && folder.filesOf(live.id)));
  const release =
    received?.staged ?? releaseFor(app, folder, { live: live?.id, who: whoIsIt(), now: context.began ?? Date.now() });
  return {
    // What came from elsewhere has no other folder on this machine.
    plan: withRelease(plan, release, { base, keep, live: live?.id, ...(received && { source: base }) }),
    context: { ...context, releases: { folder, app, isStaged: received?.staged !== undefined } },
  };
}

/** The plan of a deployment of the app's folder, for a copy of it. */
export function withRelease(
  plan: DeployPlan,
  { id, size, count }: Release,
  {
    base,
    keep,
    live,
    source = plan.directory,
  }: ReleaseRequest & { readonly live: string | undefined; readonly source?: string },
): DeployPlan {
  const directory = openReleases(base).folderOf(id);
  requireServableFolder(directory);
  const release: PlannedRelease = {
    id,
    source,
    base,
    keep,
    count,
    size,
    ...(live === undefined ? {} : { from: live }),
  };
  const logs = plan.logDirectory;
  return {
    ...plan,
    directory,
    build: false, // it is built already
    ...(logs !== undefined && isBelow(plan.directory, logs)
      ? { logDirectory: path.join(directory, path.relative(plan.directory, logs)) }
      : {}),
    release,
  };
}
