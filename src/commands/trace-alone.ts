import { alone } from './alone.js';
import { trace } from './trace.js';

export { reportBug } from './report-bug.js';

/** Only the `trace` command: the build makes one small file of it. */
export const runAlone = alone(trace);
