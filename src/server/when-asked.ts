import type { lookAtServer as look } from './look.js';

/** The look of look.ts, loaded when it is called: most machines have no IIS, and its XML parser is large. */
export const lookAtServer: typeof look = async (run, options) => (await import('./look.js')).lookAtServer(run, options);
