/** The library: what the commands do, callable from a program. Lower-level parts are `iisnode-sock/config`, `/rewrite` and `/webconfig`. */
export type { CapacityAnswer, CapacityPlan, CapacityQuestion } from './capacity/index.js';
export type {
  DeployEvent,
  DeployResult,
  DeployWarning,
  EmbeddedStatus,
  LogLine,
  ReleaseList,
  UndeployResult,
} from './deploy/index.js';
export {
  type DoctorReport,
  type Finding,
  type Rule,
  type RuleExplanation,
  rules,
} from './doctor/index.js';
export { UserError } from './errors.js';
export { type ExitReason, exitCodes } from './exit-codes.js';
export type { HostEvent } from './host/index.js';
export {
  type ActionOptions,
  type CapacityOptions,
  type DoctorOptions,
  deploy,
  doctor,
  explainRule,
  type FarmDeployOptions,
  type FarmEvent,
  type FarmFailed,
  type FarmResult,
  init,
  planCapacity,
  readLogs,
  releases,
  rollback,
  type Served,
  type ServeOptions,
  serve,
  status,
  type TraceUrlOptions,
  trace,
  undeploy,
  type Versioned,
} from './library.js';
export type { InitEvent, InitResult } from './scaffold/index.js';
export type { Trace } from './trace/index.js';
export { version } from './version.js';
