/** The embedded IIS: its listener and pipeline, the pure stages `trace` shares with it, and the background host. */
export { embeddedStore } from './background/embedded-store.js';
export { type Home, openHome } from './background/home.js';
export {
  type HostStatus,
  hostStatus,
  type PreparedHost,
  prepareBackgroundHost,
  reloadBackgroundHost,
  type StartedHost,
  startBackgroundHost,
  stopBackgroundHost,
} from './background/manage.js';
export type { IisnodeFailure, IisnodeModule, IisnodeModuleOptions, IisnodeRequest } from './iisnode/types.js';
export type { PipelineModule, Verdict } from './pipeline/module.js';
export { pipeline } from './pipeline/pipeline.js';
export { explanation, reasonPhrase, statusText } from './stages/http-status.js';
export * from './stages/index.js';
export { startHost } from './start-host.js';
export type * from './types.js';
