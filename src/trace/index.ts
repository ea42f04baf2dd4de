export type { StageName, Step, StepCondition } from '../pipeline/index.js';
export { traceUrl } from './trace-url.js';
export { type TracedSite, type TracedSiteOptions, tracedSite } from './traced-site.js';
export type * from './types.js';
