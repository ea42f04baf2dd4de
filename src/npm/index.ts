/** Runs npm, and an app's own build. */
export { npmBuild } from './build.js';
export { cleanInstall } from './clean-install.js';
export type { NpmEvent } from './events.js';
export { npmInstall } from './install.js';
export { lockFits } from './lock-fits.js';
export { npmScript } from './program.js';
