/** The library: everything the commands can do, callable from a program. */
export * from './appcmd/index.js';
export * from './capacity/index.js';
export * from './config/index.js';
export * from './deploy/index.js';
export * from './doctor/index.js';
export { UserError, type UserErrorOptions } from './errors.js';
export { type ExitReason, exitCodes } from './exit-codes.js';
export * from './host/index.js';
export * from './rewrite/index.js';
export * from './scaffold/index.js';
export * from './trace/index.js';
export { version } from './version.js';
export * from './webconfig/index.js';
export * from './xml/index.js';
