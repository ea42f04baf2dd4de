/** Reads an app's own sources: servers, clients, pages, routes; JavaScript, TypeScript and JSX. */

export { clusterAdapter, isAdapterPackage } from './adapter-package.js';
export { isBuildProduct } from './build-product.js';
export { type BuiltPath, readBuiltPaths } from './built-paths.js';
export { readBundledClients } from './bundled-clients.js';
export { type CallGraph, callGraph } from './call-graph.js';
export { readChildScripts } from './child-scripts.js';
export type { ClientCredentials } from './client-credentials.js';
export { codeText, makesListen } from './code-text.js';
export { compiledFrom } from './compiled-from.js';
export { compiledTo } from './compiled-to.js';
export {
  blocksInline,
  blocksOwnScripts,
  blocksScriptOf,
  type ContentPolicy,
  mayBeOwnHost,
  parsePolicy,
  refusedTransports,
} from './content-policy.js';
export { readEcosystem } from './ecosystem.js';
export { readEnvironmentNames } from './environment-reads.js';
export { type AppFolder, type PlannedFiles, readFolder, withPlanned } from './folder.js';
export { type HeaderPolicy, readNextPolicies } from './header-policies.js';
export { readPageScripts } from './html.js';
export { type ImportMap, readImportMap } from './import-map.js';
export { findJsonFault } from './json-fault.js';
export type { Json } from './json-in-page.js';
export { placeInJson } from './json-place.js';
export { readKeepAlive } from './keep-alive.js';
export type { Listen } from './listens.js';
export {
  clientsOfPage,
  clientsOfScript,
  importsOfPage,
  importsOfScript,
  type LiveClient,
  type LivePlainSocket,
  type PageAddress,
  plainSocketsOfPage,
  plainSocketsOfScript,
} from './live-clients.js';
export { type LoaderText, loaderName, loaderVdirName, readLoaderText } from './loader-text.js';
export { readMetaPolicies } from './meta-policies.js';
export type { ModuleUse } from './modules.js';
export { takesNextWord } from './node-options.js';
export { readOtherListen } from './other-listen.js';
export { type PageFile, readPageFiles } from './page-files.js';
export { type PageFacts, readPages } from './pages.js';
export { readPagesInJsx } from './pages-in-jsx.js';
export { readPagesInStrings } from './pages-in-strings.js';
export { resolveOwn } from './resolve.js';
export { type RootUrl, readPageLinks, readStyleLinks } from './root-urls.js';
export { readRoutePaths } from './route-paths.js';
export { furtherRoutes, type HandedApp, hasPlacedRoute, mountedApp, type Route, unplacedRoutes } from './routes.js';
export { parseScript } from './script.js';
export { isTypeScript } from './script-runners.js';
export { type MountedRouter, readWebPaths, type SentPage, type WebPaths } from './sent-pages.js';
export { policyOfHelmet } from './sent-policies.js';
export { readServedFolders } from './served-folders.js';
export { readServerBundle } from './server-bundle.js';
export {
  type LoadedScript,
  readScript,
  readServerSources,
  type ServerFacts,
  type ServerScript,
} from './server-sources.js';
export { clientTarget, type SocketClient } from './socket-client.js';
export { type OptionRead, type OptionSpot, type SocketOptions, switchIn } from './socket-options.js';
export type { OldApiCall, SocketServer } from './socket-server.js';
export type { AroundScripts, ScriptsOfPackage, StartCommand } from './start-command.js';
export { startCommandOf, startedByScripts } from './start-script.js';
export { findSyntaxError, type ModuleKind } from './syntax-error.js';
export { offsetAt, type Place, placeAt, type TextFile } from './text-file.js';
export { setsTransportsLater } from './transports-set-later.js';
export { upwards } from './tree.js';
export { readSharedUpgrades } from './upgrade-listeners.js';
export { mentionsEnvironment } from './values.js';
export { type WaitingScript, waitingScripts } from './waiting-scripts.js';
export { readWrittenFiles } from './written-files.js';
export { readWrittenPlaces } from './written-places.js';
