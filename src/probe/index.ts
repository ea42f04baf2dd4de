/** Looks at a live app as a browser would. */
export { appSources } from './app-sources.js';
export { readErrorPage } from './explain.js';
export { explainUpgrade } from './explain-upgrade.js';
export { type LiveLook, lookAtLive } from './live-look.js';
export type { CorsHeaders, OriginFacts } from './origin-look.js';
export { probeApp } from './probe-app.js';
export { servedBy } from './served-by.js';
export type { InFront, SocketFacts } from './socket-facts.js';
export { meaningOf } from './statuses.js';
export type { Exchange } from './traffic.js';
export type { AppSources, Expectation, ProbeReport, ProbeStep } from './types.js';
export { urlWithoutLogin } from './without-login.js';
