export type { StageName, Step, StepCondition } from '../pipeline/index.js';
export { traceUrl } from './trace-url.js';
export type * from './types.js';
