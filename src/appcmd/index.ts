export {
  type Argument,
  commandLine,
  joinedArgument,
  literalArguments,
  type Placeholder,
  quoteForBatch,
  quoteForCmd,
  quoteForPowerShell,
} from '../quoting.js';
export * from './arguments.js';
export { embeddedAppcmd, embeddedVerbs, executeAppcmd } from './embedded/execute.js';
export { appcmdExit, appcmdFailure } from './failure.js';
export { fileStore } from './file-store.js';
export { findAppcmdExe } from './find.js';
export { type AppcmdText, parseAppcmdText } from './parse-text.js';
export { AppcmdOutputError, type AppcmdXmlEntry, parseAppcmdXml } from './parse-xml.js';
export { poolProperties } from './pool-properties.js';
export { decodeConsole, type RealAppcmdOptions, realAppcmd } from './real-appcmd.js';
export { type RememberingAppcmd, rememberLists } from './remember-lists.js';
export type * from './types.js';
