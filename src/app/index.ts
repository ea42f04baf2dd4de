/** What the commands need to know about an app: read once, passed on. */
export { builderOf, buildScriptOf, isBuilt, isCompiledByApp } from './builds.js';
export { scriptOf } from './command-arguments.js';
export { type AppConfiguration, isIisnodeHandler } from './configuration.js';
export type { ConfiguredApp } from './configured-app.js';
export {
  type EntryGuesses,
  guessEntries,
  guessesServer,
  pnpOptions,
  resolveScript,
  startOf,
  typeScriptRunner,
} from './entries.js';
export { literalNames, literalTarget, normalName, relativeToApp } from './entry-names.js';
export { isObject, type Json, parseJson, strings, textOf } from './json.js';
export { type LoaderUse, loaderUse, type Program } from './loader.js';
export type { LoaderNeed, ReasonForLoader } from './loader-need.js';
export { isInstalledApp, managerCommand, packageManagerOf } from './manager/index.js';
export { type Manifest, nearestManifest, readManifest } from './manifest.js';
export type { ManifestFault } from './manifest-fault.js';
export { packagesBelow } from './packages.js';
export {
  type AssumedFrom,
  type Assumption,
  assumptionLine,
  assumptionsOf,
  type PlacedApp,
  pathFromFolder,
  placeOfApp,
  standardSite,
} from './place/index.js';
export { folderInServer, type ServerCopy } from './place/server-copy.js';
export { App, readApp } from './read-app.js';
export { type Entry, programOf } from './served-entries.js';
export { type AroundOptions, readAround, type Surroundings, webConfigAbove } from './surroundings.js';
export { isSetAbove, isWebConfig, type WebConfigFile, webConfigIn } from './web-config.js';
