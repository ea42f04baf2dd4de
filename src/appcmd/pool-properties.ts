import type { AppcmdProperties } from './types.js';

/**
 * What a pool of a socket.io app needs: no managed code, no idle timeout and no periodic recycling (both would close
 * every connection), started before the first request (names and defaults: IIS_schema.xml).
 */
export const poolProperties = {
  managedRuntimeVersion: '',
  startMode: 'AlwaysRunning',
  'processModel.idleTimeout': '00:00:00',
  'recycling.periodicRestart.time': '00:00:00',
} as const satisfies AppcmdProperties;
