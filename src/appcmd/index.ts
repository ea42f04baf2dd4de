export * from './arguments.js';
export { appcmdExit, appcmdFailure } from './failure.js';
export { findAppcmdExe } from './find.js';
export { type AppcmdText, parseAppcmdText } from './parse-text.js';
export { commandLine, quoteForBatch, quoteForCmd, quoteForPowerShell } from './quoting.js';
export { decodeConsole, type RealAppcmdOptions, realAppcmd } from './real-appcmd.js';
export type * from './types.js';
