export type { StageName, Step, StepCondition } from '../pipeline/index.js';
export { headerPairs } from './header-pairs.js';
export { namedOrigin } from './target.js';
export { traceUrl } from './trace-url.js';
export { tracedSite } from './traced-site.js';
export type { Trace, TraceOptions, TraceOutcome } from './types.js';
