import type { DeployStep } from '../step.js';
import { allowServerVariables } from './allow-server-variables.js';
import { bindCertificate } from './bind-certificate.js';
import { bindPort } from './bind-port.js';
import { buildApp } from './build-app.js';
import { copyRelease } from './copy-release.js';
import { createApplication } from './create-application.js';
import { createPool } from './create-pool.js';
import { createSite } from './create-site.js';
import { enablePreload } from './enable-preload.js';
import { grantRights } from './grant-rights.js';
import { installProducts } from './install-products.js';
import { prepareHost } from './prepare-host.js';
import { recordDeployment } from './record-deployment.js';
import { removeFormerPool } from './remove-former-pool.js';
import { removeOldReleases } from './remove-old-releases.js';
import { restartApp } from './restart-app.js';
import { startHost } from './start-host.js';
import { startPoolStep, startSiteStep } from './start-objects.js';
import { startServices } from './start-services.js';
import { switchRelease } from './switch-release.js';
import { takeOver } from './take-over.js';
import { unlockSections } from './unlock-sections.js';
import { verifyApp } from './verify-app.js';

/** Removes the type of `Seen`: the runner passes each step the result of its own `look`. */
const step = <Seen>(one: DeployStep<Seen>): DeployStep => one as DeployStep<unknown>;

/** Steps on the machine of the app's folder, also when the server is another machine. */
export const localSteps: readonly DeployStep[] = [step(buildApp)];

/** Steps whose records are known before the first of them begins. */
const remembered: readonly DeployStep[] = [
  step(copyRelease),
  step(bindPort),
  step(prepareHost),
  step(createPool),
  step(createSite),
  step(bindCertificate),
  // Before the application serves its first request, which preload sends: without them that is 500.19.
  step(unlockSections),
  step(allowServerVariables),
  step(grantRights),
  step(createApplication),
  step(enablePreload),
  step(switchRelease),
  step(startHost),
  step(startServices),
  step(startPoolStep),
  step(startSiteStep),
  step(restartApp),
  step(verifyApp),
  step(removeFormerPool),
  step(removeOldReleases),
];

export const serverSteps: readonly DeployStep[] = [
  step(installProducts),
  step(takeOver),
  step(recordDeployment([step(takeOver), ...remembered])),
  ...remembered,
];

/** Every step in order; undone, and removed, in reverse order. */
export const steps: readonly DeployStep[] = [...localSteps, ...serverSteps];
