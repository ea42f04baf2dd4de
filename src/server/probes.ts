import { appRights } from './probes/app-rights.js';
import { components } from './probes/components.js';
import { consoleCodePage } from './probes/console-code-page.js';
import { disk } from './probes/disk.js';
import { eventLog } from './probes/event-log.js';
import { iisVersion } from './probes/iis-version.js';
import { installedFiles } from './probes/installed-files.js';
import { nodeProgram } from './probes/node-program.js';
import { poolState } from './probes/pool-state.js';
import { service } from './probes/service.js';
import type { Probe } from './types.js';

/** All are asked at once; `notSeen` has their order. */
export const probes: readonly Probe[] = [
  iisVersion,
  service('W3SVC', 'w3svc'),
  service('WAS', 'was'),
  components,
  installedFiles,
  poolState,
  eventLog('WAS'),
  eventLog('IIS-W3SVC-WP'),
  nodeProgram,
  appRights,
  disk,
  consoleCodePage,
];
