import { alone } from './alone.js';
import { doctor } from './doctor.js';

export { reportBug } from './report-bug.js';

/** Only the `doctor` command: the build makes one file of it. */
export const runAlone = alone(doctor);
