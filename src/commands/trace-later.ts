/** What `trace` seldom needs: the build makes one file of it, which `trace` loads then. */
export { withDefaults } from './package-defaults.js';
export { servedAt } from './served-at.js';
export { updateHint, wantsHints } from './update/update-hint.js';
