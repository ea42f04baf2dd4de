import { readApp } from '../../app/index.js';
import { deploymentRecords } from '../all-records.js';
import { deployTo } from '../deploy.js';
import { resultOf } from '../deploy-result.js';
import type { ServeFolderRequest } from '../over-ssh/wire.js';
import { planDeploy } from '../plan-deploy.js';
import type { FarRequest } from '../releases/journalled.js';
import { waitsForOthers } from '../reporter.js';
import { withAppLock, withServerLock } from '../server-lock.js';
import { chooseTarget } from '../targets/choose-target.js';
import type { DeployOptions, DeployResult } from '../types.js';
import type { Work } from './work.js';

/**
 * Deploys a folder of this machine in place, as it is.
 * @param far The request of another machine that it is.
 * @throws what `deploy` throws.
 */
export async function serveFolder(
  { place, directory, options: given }: ServeFolderRequest,
  { environment, signal, report, appcmd }: Work,
  far: FarRequest,
): Promise<DeployResult> {
  const began = performance.now();
  const options: DeployOptions = {
    ...given,
    directory,
    to: 'iis',
    site: place.siteName,
    path: place.vdirPath,
    inPlace: true,
    build: false,
    environment,
    signal,
    ...(appcmd && { appcmd }),
  };
  const target = chooseTarget(options, signal);
  const app = readApp(directory, { environment, vdirPath: place.vdirPath });
  const plan = planDeploy(app, options, undefined);
  const lock = { command: `deploy ${directory}`, target: 'iis', signal, onWait: waitsForOthers(report) };
  return withServerLock(target.home, lock, async () => {
    const work = async (): Promise<DeployResult> =>
      resultOf(await deployTo(app, target, plan, { options, faults: [], far }, report), began, options);
    const base = (await deploymentRecords(target.home).find('iis', place.siteName, place.vdirPath))?.releases?.base;
    // By this lock a client that asks after a cut knows that it is at work.
    return base === undefined ? work() : withAppLock(base, lock, work);
  });
}
