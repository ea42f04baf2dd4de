/** The embedded IIS: its listener, the modules that carry out the decisions of the pipeline, and the background host. */
export { embeddedStore } from './background/embedded-store.js';
export { type Home, homeNotWritable, openHome, requireHome } from './background/home.js';
export {
  type PreparedHost,
  prepareBackgroundHost,
  startBackgroundHost,
} from './background/manage.js';
export {
  type HostStatus,
  hangingHost,
  hostStatus,
  silentHost,
  stopBackgroundHost,
} from './background/running.js';
export { startOnPort } from './background/start-on-port.js';
export * from './facts/index.js';
export type { IisnodeFailure, IisnodeModule, IisnodeModuleOptions, IisnodeRequest } from './iisnode/types.js';
export { startHost } from './start-host.js';
export { surviveFaults } from './survive-faults.js';
export type * from './types.js';
