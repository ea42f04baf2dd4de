import type { DeployStep } from '../step.js';
import { allowServerVariables } from './allow-server-variables.js';
import { bindCertificate } from './bind-certificate.js';
import { bindPort } from './bind-port.js';
import { buildApp } from './build-app.js';
import { createApplication } from './create-application.js';
import { createPool } from './create-pool.js';
import { createSite } from './create-site.js';
import { enablePreload } from './enable-preload.js';
import { grantRights } from './grant-rights.js';
import { prepareHost } from './prepare-host.js';
import { recordDeployment } from './record-deployment.js';
import { removeFormerPool } from './remove-former-pool.js';
import { startHost } from './start-host.js';
import { startPoolStep, startSiteStep } from './start-objects.js';
import { takeOver } from './take-over.js';
import { unlockSections } from './unlock-sections.js';
import { verifyApp } from './verify-app.js';

/** Forgets what a step sees: the runner hands each step back what that step's own `look` gave. */
const step = <Seen>(one: DeployStep<Seen>): DeployStep => one as DeployStep<unknown>;

/** Done where the app's folder is, also when its server is another machine. */
export const localSteps: readonly DeployStep[] = [step(buildApp)];

/** What is remembered of each is known before the first of them begins. */
const remembered: readonly DeployStep[] = [
  step(bindPort),
  step(prepareHost),
  step(createPool),
  step(createSite),
  step(bindCertificate),
  step(createApplication),
  step(enablePreload),
  step(unlockSections),
  step(allowServerVariables),
  step(grantRights),
  step(startHost),
  step(startPoolStep),
  step(startSiteStep),
  step(verifyApp),
  step(removeFormerPool),
];

export const serverSteps: readonly DeployStep[] = [
  step(takeOver),
  step(recordDeployment([step(takeOver), ...remembered])),
  ...remembered,
];

/** Every step, in the order in which they are done; undone, and removed, the other way round. */
export const steps: readonly DeployStep[] = [...localSteps, ...serverSteps];
