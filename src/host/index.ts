/** The embedded IIS: its listener, the modules that carry out the decisions of the pipeline, and the background host. */
export { systemClock } from './backend/clock.js';
export { memoryOf } from './backend/memory.js';
export {
  certificateBindings,
  certificatesFolder,
  makeOwnCertificate,
  ownTls,
  setCertificateBinding,
  storedCertificates,
} from './background/certificates.js';
export { embeddedStore } from './background/embedded-store.js';
export { type Home, homeNotWritable, openHome, requireHome, requireWritableHome } from './background/home.js';
export {
  type PreparedHost,
  prepareBackgroundHost,
  startBackgroundHost,
} from './background/manage.js';
export {
  hangingHost,
  hostStatus,
  lookTime,
  sendControlRequest,
  silentHost,
  stopBackgroundHost,
} from './background/running.js';
export { type Announced, announceServe, type ServeSeen, servesOf } from './background/serving.js';
export { startOnPort } from './background/start-on-port.js';
export {
  IisnodeConfigurationError,
  iisnodeSettingsOf,
  refuseBesideApphost,
  type ServeSiteOptions,
  serveCopy,
  serveSite,
  siteToServe,
} from './facts/index.js';
export { startHost } from './start-host.js';
export { surviveFaults } from './survive-faults.js';
export type {
  HostAddress,
  HostClock,
  HostEvent,
  HostOptions,
  ProcessEnd,
  ProcessSeen,
  RequestSeen,
  RunningHost,
  SiteNotBound,
  SocketNow,
} from './types.js';
