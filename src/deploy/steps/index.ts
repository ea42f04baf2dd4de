import type { DeployStep } from '../types.js';
import { allowServerVariables } from './allow-server-variables.js';
import { bindPort } from './bind-port.js';
import { createApplication } from './create-application.js';
import { createPool } from './create-pool.js';
import { enablePreload } from './enable-preload.js';
import { grantRights } from './grant-rights.js';
import { recordDeployment } from './record-deployment.js';
import { startHost } from './start-host.js';
import { startPoolStep, startSiteStep } from './start-objects.js';
import { unlockSections } from './unlock-sections.js';

/** Forgets what a step sees: the runner hands each step back what that step's own `look` gave. */
const step = <Seen>(one: DeployStep<Seen>): DeployStep => one as DeployStep<unknown>;

/** Every step, in the order in which they are done; undone the other way round. */
export const steps: readonly DeployStep[] = [
  step(recordDeployment),
  step(bindPort),
  step(createPool),
  step(createApplication),
  step(enablePreload),
  step(unlockSections),
  step(allowServerVariables),
  step(grantRights),
  step(startHost),
  step(startPoolStep),
  step(startSiteStep),
];
