export { traceUrl } from './trace-url.js';
export type * from './types.js';
