import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { readApp } from '../../app/index.js';
import { inScratchFolder } from '../../files/index.js';
import { cleanInstall } from '../../npm/index.js';
import { deployTo } from '../deploy.js';
import { resultOf } from '../deploy-result.js';
import { readNewSite } from '../new-site.js';
import type { RemoteApp, RemoteRequest } from '../over-ssh/wire.js';
import { checkServer, planDeploy } from '../plan-deploy.js';
import type { DeployCheck } from '../preflight/check.js';
import { spaceFor, withoutSpace } from '../preflight/release-space.js';
import { preflightOf, refusalOf, runChecks } from '../preflight/run-checks.js';
import { releasesBase } from '../releases/base-folder.js';
import { keptReleaseFor } from '../releases/choose-release.js';
import { standardKeep } from '../releases/plan-release.js';
import { openReleases, type ReleaseFolder } from '../releases/release-folder.js';
import { Reporter, waitsForOthers } from '../reporter.js';
import { withAppLock, withServerLock } from '../server-lock.js';
import { findApp } from '../steps/run-appcmd.js';
import { chooseTarget } from '../targets/choose-target.js';
import type { OpenTarget } from '../targets/open-target.js';
import type { DeployOptions, DeployResult } from '../types.js';
import { cut } from './incoming.js';
import { type Received, receiveApp } from './receive.js';
import { withPackages } from './receive-packages.js';
import { farRequest } from './requests.js';
import type { Work } from './work.js';

type Request = Extract<RemoteRequest, { readonly command: 'deploy' | 'check' }>;

/** What is known of the server before the files come. */
interface Ready {
  readonly target: OpenTarget;
  readonly options: DeployOptions;
  readonly base: string;
  readonly keep: number;
}

/**
 * Deploys an app that a client sends, by the plan of a deployment with releases on this machine. What can be refused without its files is
 * refused before they come.
 */
export async function deployReceived(request: Request, work: Work): Promise<DeployResult> {
  const began = performance.now();
  const found = await ready(request, work);
  return withPackages(request.packages, found.target.context, work, (packages) =>
    deployWith(request, work, { ...found, options: { ...found.options, ...packages } }, began),
  );
}

async function deployWith(request: Request, work: Work, found: Ready, began: number): Promise<DeployResult> {
  const { report, signal } = work;
  const { place, deployment } = request;
  const deployIt = async ({ target, options, base, keep }: Ready, into = base): Promise<DeployResult> => {
    const received = await receive(request, work, target, base, into);
    const app = readApp(received.directory, { environment: work.environment, vdirPath: place.vdirPath });
    const asked: DeployOptions = { ...options, directory: received.directory };
    try {
      const plan = planDeploy(app, asked, undefined);
      const given = { base, keep, received, far: farRequest(target.home, deployment) };
      return resultOf(await deployTo(app, target, plan, { options: asked, faults: [] }, report, given), began, asked);
    } catch (error) {
      // The plan removes it where it began; a refusal before leaves it.
      if (received.staged !== undefined)
        await openReleases(into)
          .remove(received.staged.id)
          .catch(() => undefined);
      throw error;
    }
  };
  if (found.options.dryRun === true) return inScratchFolder('ssh', (folder) => deployIt(found, folder));
  const lock = {
    command: `deploy ${place.vdirPath} by ${request.who}`,
    target: 'iis',
    signal,
    onWait: waitsForOthers(report),
  };
  return withServerLock(found.target.home, lock, async () => {
    // The deployment that this one has waited for may have changed the server since.
    const now = await ready(request, work);
    return withAppLock(now.base, lock, () => deployIt({ ...now, options: found.options }));
  });
}

/** The same look at the server as before a deployment, with the app in a temporary folder. */
export async function checkReceived(request: Request, work: Work): Promise<DeployCheck> {
  const found = await ready(request, work);
  return withPackages(request.packages, found.target.context, work, (packages) =>
    checkWith(request, work, { ...found, options: { ...found.options, ...packages } }),
  );
}

async function checkWith(request: Request, work: Work, { target, options, base }: Ready): Promise<DeployCheck> {
  const { place } = request;
  return inScratchFolder('ssh', async (folder) => {
    const { directory } = await receive(request, work, target, base, folder);
    const app = readApp(directory, { environment: work.environment, vdirPath: place.vdirPath });
    const plan = planDeploy(app, { ...options, directory }, undefined);
    const context = { ...target.context, environment: work.environment };
    const asked = { options: { ...options, check: true }, faults: [], copiedTo: base };
    const checks = await runChecks(preflightOf(context, plan, app, asked));
    const isReady = checks.every(({ state }) => state !== 'failed');
    return { target: 'iis', site: plan.siteName, path: plan.vdirPath, ready: isReady, checks };
  });
}

async function ready({ place, options: asked }: Request, { environment, signal, appcmd }: Work): Promise<Ready> {
  const options: DeployOptions = {
    ...asked,
    directory: '',
    to: 'iis',
    path: place.vdirPath,
    releases: asked.releases ?? true,
    build: false,
    environment,
    signal,
    ...(appcmd && { appcmd }),
  };
  const target = chooseTarget(options, signal);
  const context = { ...target.context, environment };
  const earlier = await context.records?.find('iis', place.siteName, place.vdirPath);
  const base = releasesBase(options, { place, target: 'iis', home: target.home }, earlier);
  const newSite = readNewSite(options);
  await checkServer(context, { ...place, directory: base, ...(newSite && { newSite }) });
  const { releases } = asked;
  const keep = typeof releases === 'number' ? releases : (earlier?.releases?.keep ?? standardKeep);
  return { target, options, base, keep };
}

const installStep = { id: 'install-packages', title: 'Install the packages' };

/** @param into the folder that gets the files: that of the releases, or a temporary one. */
async function receive(
  { command, place, app: asked, options }: Request,
  { channel, signal, environment, report }: Work,
  { context }: OpenTarget,
  base: string,
  into: string,
): Promise<Received> {
  const folder = openReleases(base);
  const live = folder.at((await findApp(context, place))?.physicalPath)?.id;
  if (into === base) await refuseWithoutSpace(base, asked, folder, live);
  const staging = into === base ? folder : { ...folder, folderOf: foldersBelow(into, folder) };
  const isInstalled = options.installOnServer === true;
  const received = await receiveApp(staging, { channel, signal, asked, live, isInstalled });
  const { directory, staged } = received;
  if (!isInstalled || staged === undefined || command === 'check') return received;
  try {
    await new Reporter(report).step(installStep, async ({ setPhase }) => {
      setPhase('doing', 'npm ci --omit=dev ...');
      await cleanInstall({ directory, environment, signal });
      setPhase('done');
    });
    return received;
  } catch (error) {
    await rm(directory, { recursive: true, force: true }).catch(() => undefined);
    throw signal.aborted ? cut() : error;
  }
}

/** Before the files come. All of them are written, also those that the live release has. @throws UserError DISK_FULL. */
async function refuseWithoutSpace(
  base: string,
  { hash, size }: RemoteApp,
  folder: ReleaseFolder,
  live: string | undefined,
): Promise<void> {
  if (keptReleaseFor({ hash }, folder, live) !== undefined) return;
  const obstacle = await withoutSpace(base, spaceFor([{ size }]));
  if (obstacle !== undefined) throw refusalOf(obstacle);
}

/** Kept releases are where they are; a new one is elsewhere. */
function foldersBelow(into: string, folder: ReturnType<typeof openReleases>): (id: string) => string {
  const kept = new Set(folder.list().map(({ id }) => id));
  const name = randomUUID();
  return (id) => (kept.has(id) ? folder.folderOf(id) : path.join(into, name));
}
