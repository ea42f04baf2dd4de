export { findLogDirectory, findLogs, type LogPlace } from './app-facts.js';
export { isAzure } from './azure/address.js';
export { type AzureDeployments, azureDeployments } from './azure/deployments.js';
export { azureLogs } from './azure/logs.js';
export { rollbackAzure } from './azure/rollback.js';
export { checkDeployment } from './check-deployment.js';
export { deploy } from './deploy.js';
export {
  type CheckApp,
  type DeployResultWithWarnings,
  type DeployTalk,
  type DeployWarning,
  deployWithWarnings,
} from './deploy-with-warnings.js';
export { DeployFailed } from './failure.js';
export {
  type DeployFarmTalk,
  deployFarm,
  type FarmFacts,
} from './farm/deploy-farm.js';
export { rollbackFarm } from './farm/rollback-farm.js';
export { type ServerOutcome, worstOf } from './farm/run-farm.js';
export type { LogLine } from './log-files.js';
export { type LogOptions, logsOfFolder, readDeployedApp, readLogs } from './logs.js';
export { faultyServers } from './named/faulty-servers.js';
export { overTarget } from './named/over-target.js';
export { findTarget, type NamedTarget, readTargets, targetNames, targetsIn } from './named/read-targets.js';
export { releasesFolder } from './named/target-options.js';
export { deployOptionNames } from './option-names.js';
export { logsOverSsh, statusOverSsh } from './over-ssh/commands.js';
export { lookOverSsh, type ServerOverSsh } from './over-ssh/look-over-ssh.js';
export { placedBySsh } from './over-ssh/place.js';
export type { DeployCheck } from './preflight/check.js';
export { listReleases } from './releases/list-releases.js';
export type { ReleaseList, ReleasesOptions } from './releases/release-list.js';
export { rollback } from './releases/rollback.js';
export { runPlan } from './run-plan.js';
export { requireTargets } from './server-names.js';
export { type EmbeddedStatus, status } from './status.js';
export { statusOfFolder } from './status-of-folder.js';
export type { AtWork, DeployContext, DeployStep, UndoStep } from './step.js';
export { steps } from './steps/index.js';
export type { HostControl } from './target.js';
export { badPort } from './targets/choose-port.js';
export { isExpress } from './targets/express/find-express.js';
export { requireIis } from './targets/iis.js';
export type {
  DeployEvent,
  DeploymentRecord,
  DeploymentRecords,
  DeployOptions,
  DeployPlan,
  DeployResult,
  RollbackOptions,
  UndeployOptions,
  UndeployResult,
} from './types.js';
export { undeploy } from './undeploy.js';
