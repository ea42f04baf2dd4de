import { debuglog } from 'node:util';

/** The places that can be watched: `NODE_DEBUG=iisnode-sock:*`, or one of them. */
export type DebugPlace = 'dispatch' | 'module' | 'pipe' | 'step' | 'appcmd';

/** A logger for people who debug this program: lines go to stderr where NODE_DEBUG names the place, and cost nothing elsewhere. */
export const debugLog = (place: DebugPlace): ReturnType<typeof debuglog> => debuglog(`iisnode-sock:${place}`);
