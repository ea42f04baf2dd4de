export { changesNoTarget } from './collections.js';
export { diskPlatform, diskReader } from './disk-reader.js';
export { elementsEverywhere } from './elements-everywhere.js';
export {
  type FaultyFolderModel,
  type FolderModel,
  faultKey,
  loadFolderModel,
  loadWithoutFaults,
  type ServerText,
  type SiteApp,
} from './folder-model.js';
export { everythingRuleName, everythingRuleXml, staticRuleName } from './fragments.js';
export { generateWebConfig } from './generate.js';
export { handlerFor, handlerPathMatches, type IisnodeHandler, iisnodeHandlers, listed } from './handlers.js';
export { type IisnodeAttribute, iisnodeAttributes, iisnodeDefaults, isYmlKey } from './iisnode-attributes.js';
export { IisnodeConfigError, type IisnodeErrorPlace } from './iisnode-error.js';
export { type IisnodeSettingsOptions, readIisnodeSettings } from './iisnode-settings.js';
export {
  type IisnodeSettingsAt,
  type IisnodeSettingsAtOptions,
  iisnodeSettingsAt,
  logFolderOf,
} from './iisnode-settings-at.js';
export { parseIisnodeYml, type YmlEntry } from './iisnode-yml.js';
export { type OtherHost, otherHosts, runsApp, takesApp } from './other-hosts.js';
export { parseConfigOnce } from './parse-once.js';
export { patchWebConfig } from './patch.js';
export { patchPlatformConfig } from './patch-platform.js';
export { plainRouteOf } from './plain-route.js';
export { generatePlatformConfig } from './platform.js';
export { platformSettings } from './platform-settings.js';
export {
  isProcessManager,
  isScript,
  type ProgramPath,
  programOfProcessPath,
  programPathOf,
} from './program-path.js';
export { type Routes, routesOf, type WrittenRule } from './routes.js';
export { insertIntoSection, sectionAt, sectionsAt } from './sections.js';
export { bystanderUrls, meansSocketIo, socketIoUrls } from './socket-route.js';
export type * from './types.js';
export {
  type AppSetting,
  completedVdirPath,
  isPathBelow,
  isSamePath,
  type NamedVdirPath,
  socketPathCode,
  vdirPathAmong,
  vdirPathFault,
  vdirPathOf,
} from './vdir-path.js';
export { needsStickySessions, type WantedSetting, wantedIisnodeSettings } from './wants.js';
export { watchedNameMatches } from './wildcard.js';
