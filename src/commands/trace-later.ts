/** What `trace` seldom needs: the build makes one file of it, which `trace` loads then, with all names that those files have. */
export * from './package-defaults.js';
export * from './served-at.js';
export * from './update/update-hint.js';
