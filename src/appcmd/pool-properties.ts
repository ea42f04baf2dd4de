import type { AppcmdProperties } from './types.js';

/**
 * What a pool of a socket.io app needs: no managed code, never put to sleep and never recycled by the clock (each would
 * drop every connection), started before the first request (IIS_schema.xml for names and defaults).
 */
export const poolProperties = {
  managedRuntimeVersion: '',
  startMode: 'AlwaysRunning',
  'processModel.idleTimeout': '00:00:00',
  'recycling.periodicRestart.time': '00:00:00',
} as const satisfies AppcmdProperties;
