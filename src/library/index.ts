/** Parts of the library: what every action has, and the actions for what is deployed. */
export {
  type ActionOptions,
  environmentOf,
  everyAction,
  folderOf,
  interruptible,
  type Versioned,
  versioned,
} from './action.js';
export { releases, rollback, status, undeploy } from './deployed.js';
