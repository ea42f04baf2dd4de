/** What `trace` and the other readers need of the host without what serves: neither the listener nor the iisnode module is loaded. */
export { findExecutable, splitCommandLine } from '../backend/command-line.js';
export { StartFailed } from '../backend/start-failed.js';
export { openHome } from '../background/home.js';
export { hostStatus, lookTime } from '../background/running.js';
export { servesOf } from '../background/serving.js';
export { platformCommand } from '../httpplatform/command.js';
export { debugCommand } from '../iisnode/debug-urls.js';
export { BridgeError } from '../iisnode/failures.js';
export { IisnodeConfigurationError, iisnodeSettingsOf } from '../modules/iisnode-settings.js';
export { disk } from '../request/disk.js';
export { refuseBesideApphost, type ServeSiteOptions, serveCopy, serveSite, siteToServe } from '../serve-site.js';
