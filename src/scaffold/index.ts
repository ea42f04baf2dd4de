export { isAdvice } from './findings.js';
export { init } from './init.js';
export { templates } from './templates.js';
export type { InitEvent, InitFile, InitFinding, InitOptions, InitResult, InitTalk } from './types.js';
