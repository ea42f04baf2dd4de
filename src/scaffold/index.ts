export { type AdviceOptions, adviseApp } from './advice.js';
export { init } from './init.js';
export { templates } from './templates.js';
export type * from './types.js';
