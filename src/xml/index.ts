export { parseXml } from './document.js';
export { XmlError, type XmlErrorCode } from './error.js';
export { attribute, find, findAll } from './query.js';
export type * from './types.js';
