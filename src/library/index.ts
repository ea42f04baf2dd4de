/** Parts of the library: what every action has, and the actions for what is deployed. */
export {
  type ActionOptions,
  environmentOf,
  everyAction,
  folderOf,
  type Versioned,
  versioned,
} from './action.js';
export { deploy, type FarmDeployOptions, type FarmEvent, type FarmFailed, type FarmResult } from './deploy.js';
export { releases, rollback, status, undeploy } from './deployed.js';
