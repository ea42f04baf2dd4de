export {
  addApp,
  addBinding,
  addPool,
  addSite,
  addVdir,
  appName,
  clearConfig,
  deleteApp,
  deletePool,
  deleteSite,
  deleteVdir,
  indexer,
  isReading,
  listApps,
  listConfig,
  listPools,
  listSites,
  listVdirs,
  lockConfig,
  recyclePool,
  removeBinding,
  searchConfig,
  setApp,
  setConfig,
  setPool,
  setSite,
  setVdirPath,
  startPool,
  startSite,
  stopPool,
  stopSite,
  unlockConfig,
} from './arguments.js';
export { type AskCodePage, codePageOf, consoleCodePage } from './code-page.js';
export { decodeConsole, readConsole } from './console-text.js';
export { embeddedAppcmd, executeAppcmd } from './embedded/execute.js';
export { appcmdExit, appcmdFailure } from './failure.js';
export { fileStore } from './file-store.js';
export { findAppcmdExe } from './find.js';
export { listsFromFile } from './lists-from-file.js';
export { parseAppcmdText } from './parse-text.js';
export { AppcmdOutputError, type AppcmdXmlEntry, parseAppcmdXml } from './parse-xml.js';
export { poolProperties } from './pool-properties.js';
export { type RealAppcmdOptions, realAppcmd } from './real-appcmd.js';
export { type RememberingAppcmd, rememberLists } from './remember-lists.js';
export type { Appcmd, AppcmdProperties, AppcmdResult, AppcmdStore } from './types.js';
