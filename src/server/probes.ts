import { iisVersion } from './probes/iis-version.js';
import { installedFiles } from './probes/installed-files.js';
import { service } from './probes/service.js';
import type { Probe } from './types.js';

/** All are asked at once; `notSeen` has their order. */
export const probes: readonly Probe[] = [iisVersion, service('W3SVC', 'w3svc'), service('WAS', 'was'), installedFiles];
