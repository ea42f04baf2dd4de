export { adviseApp } from './advice.js';
export type { AdviceOptions } from './advice-options.js';
export { init } from './init.js';
export { templates } from './templates.js';
export type * from './types.js';
