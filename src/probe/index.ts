/** Looks at a live app as a browser would. */
export { type Explanation, readErrorPage } from './explain.js';
export { explainUpgrade, type UpgradeAnswer } from './explain-upgrade.js';
export { probeApp } from './probe-app.js';
export type * from './types.js';
