export { compileRewrite } from './compile.js';
export { type CookedUrl, cookUrl } from './cook-url.js';
export { encodePath } from './encode.js';
export { checkPattern } from './pattern.js';
export { readRewriteConfig } from './read-config.js';
export { relativePath, rewrite } from './rewrite.js';
export { serverVariableNames } from './server-variables.js';
export type * from './types.js';
