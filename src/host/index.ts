/** The embedded IIS: its listener, what it does about each decision of the pipeline, and the background host. */
export { embeddedStore } from './background/embedded-store.js';
export { type Home, homeNotWritable, openHome, prepareHome, requireHome } from './background/home.js';
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
export * from './facts/index.js';
export type { IisnodeFailure, IisnodeModule, IisnodeModuleOptions, IisnodeRequest } from './iisnode/types.js';
export { startHost } from './start-host.js';
export type * from './types.js';
