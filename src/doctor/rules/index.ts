import type { Rule } from '../types.js';
import { anonymousAccessOff } from './around/anonymous-access-off.js';
import { childAppInherits } from './around/child-app-inherits.js';
import { iisnodeTooOld } from './around/iisnode-too-old.js';
import { inheritedRuleTakesApp } from './around/inherited-rule-takes-app.js';
import { moduleNotInstalled } from './around/module-not-installed.js';
import { poolNotFound } from './around/pool-not-found.js';
import { poolRecycles } from './around/pool-recycles.js';
import { proxyNotEnabled } from './around/proxy-not-enabled.js';
import { serviceNotRunning } from './around/service-not-running.js';
import { basePathMismatch } from './base-path-mismatch.js';
import { bundleWithoutSourceMap } from './bundle-without-source-map.js';
import { clientAddressLocal } from './client-address-local.js';
import { clusterForks } from './cluster-forks.js';
import { configError } from './config-error.js';
import { connectionStringIsExample } from './connection-string-is-example.js';
import { dependenciesNotInstalled } from './dependencies-not-installed.js';
import { dependencyNotDeclared } from './dependency-not-declared.js';
import { duplicateEntry } from './duplicate-entry.js';
import { eioMismatch } from './eio-mismatch.js';
import { entryFileMissing } from './entry-file-missing.js';
import { entryNotBuilt } from './entry-not-built.js';
import { entrySyntaxError } from './entry-syntax-error.js';
import { esModuleEntry } from './es-module-entry.js';
import { fewConcurrentRequests } from './few-concurrent-requests.js';
import { fileUnreadable } from './file-unreadable.js';
import { fixedPort } from './fixed-port.js';
import { gatewayPort } from './gateway-port.js';
import { handlerForEntryMissing } from './handler-for-entry-missing.js';
import { commandLineNotNode } from './iisnode/command-line-not-node.js';
import { debuggerInProduction } from './iisnode/debugger-in-production.js';
import { devErrorsInProduction } from './iisnode/dev-errors-in-production.js';
import { handlerAccessRefused } from './iisnode/handler-access-refused.js';
import { interceptorNotQuoted } from './iisnode/interceptor-not-quoted.js';
import { logsServed } from './iisnode/logs-served.js';
import { nodeInUserProfile } from './iisnode/node-in-user-profile.js';
import { nodeTooOld } from './iisnode/node-too-old.js';
import { ntlmInNode } from './iisnode/ntlm-in-node.js';
import { shutdownWaitsForSockets } from './iisnode/shutdown-waits-for-sockets.js';
import { watchedEntryInert } from './iisnode/watched-entry-inert.js';
import { watchedFileWritten } from './iisnode/watched-file-written.js';
import { iisnodeYmlInvalid } from './iisnode-yml-invalid.js';
import { listensOnOtherAddress } from './listens-on-other-address.js';
import { liveSocketRules } from './live/socket-rules.js';
import { liveRules } from './live-site.js';
import { mainModuleCheck } from './main-module-check.js';
import { malformedXml } from './malformed-xml.js';
import { namespaceMismatch } from './namespace-mismatch.js';
import { packageJsonInvalid } from './package-json-invalid.js';
import { pageNotServed } from './page-not-served.js';
import { pipeAsPortOption } from './pipe-as-port-option.js';
import { pipeInstancesAsArgument } from './pipe-instances-as-argument.js';
import { clusterSpreadsPolls } from './platform/cluster-spreads-polls.js';
import { deflateBehindProxy } from './platform/deflate-behind-proxy.js';
import { pingSlowerThanProxy } from './platform/ping-slower-than-proxy.js';
import { platformHandlerNotForAll } from './platform/platform-handler-not-for-all.js';
import { platformIgnoresIisnode } from './platform/platform-ignores-iisnode.js';
import { platformPathWithoutVdir } from './platform/platform-path-without-vdir.js';
import { platformPollingSpread } from './platform/platform-polling-spread.js';
import { platformPortChosen } from './platform/platform-port-chosen.js';
import { platformPortNotRead } from './platform/platform-port-not-read.js';
import { platformProcessPath } from './platform/platform-process-path.js';
import { platformScriptMissing } from './platform/platform-script-missing.js';
import { platformVersionDiffers } from './platform/platform-version-differs.js';
import { websocketOffBehindProxy } from './platform/websocket-off-behind-proxy.js';
import { pollingWithoutStickySessions } from './polling-without-sticky-sessions.js';
import { portNumeric } from './port-numeric.js';
import { processesWithoutAdapter } from './processes-without-adapter.js';
import { relativeUrlAtDepth } from './relative-url-at-depth.js';
import { removedSocketApi } from './removed-socket-api.js';
import { rewriteRules } from './rewrite/index.js';
import { rewriteTargetUnhandled } from './rewrite-target-unhandled.js';
import { rootAbsoluteUrl } from './root-absolute-url.js';
import { routesNotRewritten } from './routes-not-rewritten.js';
import { routesWithoutVdirPath } from './routes-without-vdir-path.js';
import { sectionEncrypted } from './section-encrypted.js';
import { seenRules } from './seen.js';
import { servedFolderNotBuilt } from './served-folder-not-built.js';
import { clientSchemeNotSeen } from './server/client-scheme-not-seen.js';
import { corsAnyWithCredentials } from './server/cors-any-with-credentials.js';
import { corsHeaderTwice } from './server/cors-header-twice.js';
import { corsNotForSockets } from './server/cors-not-for-sockets.js';
import { corsOriginNeverSent } from './server/cors-origin-never-sent.js';
import { credentialsNotAllowed } from './server/credentials-not-allowed.js';
import { expressPathRefused } from './server/express-path-refused.js';
import { keepAliveTooShort } from './server/keep-alive-too-short.js';
import { messageLargerThanRequest } from './server/message-larger-than-request.js';
import { policyBlocksClient } from './server/policy-blocks-client.js';
import { recoveryWithoutStore } from './server/recovery-without-store.js';
import { routeRefused } from './server/route-refused.js';
import { upgradeAnsweredTwice } from './server/upgrade-answered-twice.js';
import { windowsAuthOnSockets } from './server/windows-auth-on-sockets.js';
import { serverSourceExposed } from './server-source-exposed.js';
import { serverWithoutNodeHttp } from './server-without-node-http.js';
import { settingNotRead } from './setting-not-read.js';
import { settingsFileNotRead } from './settings-file-not-read.js';
import { socketClientFilesMissing } from './socket-client-files-missing.js';
import { socketPathMismatchClient } from './socket-path-mismatch-client.js';
import { socketPathMismatchServer } from './socket-path-mismatch-server.js';
import { socketPathUnknown } from './socket-path-unknown.js';
import { socketRequestsRefused } from './socket-requests-refused.js';
import { socketRewriteMissing } from './socket-rewrite-missing.js';
import { socketRewriteSwallowed } from './socket-rewrite-swallowed.js';
import { socketRewriteUnanchored } from './socket-rewrite-unanchored.js';
import { socketServerNotFound } from './socket-server-not-found.js';
import { stickySessionsNeedIisnode } from './sticky-sessions-need-iisnode.js';
import { streamCompressed } from './stream-compressed.js';
import { streamNotFlushed } from './stream-not-flushed.js';
import { tlsServer } from './tls-server.js';
import { transportsDiffer } from './transports-differ.js';
import { transportsUnknown } from './transports-unknown.js';
import { trialRules } from './trial/index.js';
import { vdirPathHardCoded } from './vdir-path-hard-coded.js';
import { vdirPathMismatch } from './vdir-path-mismatch.js';
import { vdirPathNotSaid } from './vdir-path-not-said.js';
import { webConfigNotFound } from './web-config-not-found.js';
import { websocketModuleEnabled } from './websocket-module-enabled.js';
import { windowsRules } from './windows/index.js';
import { wrongServerListens } from './wrong-server-listens.js';

/** Every rule of the doctor: first errors that stop IIS from reading the file, then its settings, then the sources, then what happens when the app runs, then the answers of a live site, last what the user has seen. */
export const rules: readonly Rule[] = [
  serviceNotRunning,
  malformedXml,
  duplicateEntry,
  configError,
  sectionEncrypted,
  iisnodeYmlInvalid,
  webConfigNotFound,
  handlerForEntryMissing,
  entryFileMissing,
  entryNotBuilt,
  servedFolderNotBuilt,
  packageJsonInvalid,
  entrySyntaxError,
  rewriteTargetUnhandled,
  socketRequestsRefused,
  socketRewriteMissing,
  socketRewriteSwallowed,
  socketRewriteUnanchored,
  inheritedRuleTakesApp,
  childAppInherits,
  moduleNotInstalled,
  poolNotFound,
  ...windowsRules,
  proxyNotEnabled,
  ...rewriteRules,
  websocketModuleEnabled,
  websocketOffBehindProxy,
  platformPortNotRead,
  platformProcessPath,
  platformScriptMissing,
  platformHandlerNotForAll,
  platformPathWithoutVdir,
  platformPortChosen,
  platformVersionDiffers,
  platformIgnoresIisnode,
  platformPollingSpread,
  clusterSpreadsPolls,
  deflateBehindProxy,
  pingSlowerThanProxy,
  commandLineNotNode,
  nodeInUserProfile,
  interceptorNotQuoted,
  handlerAccessRefused,
  watchedEntryInert,
  watchedFileWritten,
  shutdownWaitsForSockets,
  nodeTooOld,
  devErrorsInProduction,
  debuggerInProduction,
  logsServed,
  transportsUnknown,
  transportsDiffer,
  settingNotRead,
  settingsFileNotRead,
  pollingWithoutStickySessions,
  stickySessionsNeedIisnode,
  processesWithoutAdapter,
  connectionStringIsExample,
  fewConcurrentRequests,
  pipeInstancesAsArgument,
  streamNotFlushed,
  streamCompressed,
  keepAliveTooShort,
  messageLargerThanRequest,
  corsHeaderTwice,
  corsNotForSockets,
  corsAnyWithCredentials,
  credentialsNotAllowed,
  corsOriginNeverSent,
  recoveryWithoutStore,
  clientSchemeNotSeen,
  policyBlocksClient,
  windowsAuthOnSockets,
  ntlmInNode,
  iisnodeTooOld,
  poolRecycles,
  anonymousAccessOff,
  fixedPort,
  portNumeric,
  pipeAsPortOption,
  tlsServer,
  serverWithoutNodeHttp,
  gatewayPort,
  clusterForks,
  wrongServerListens,
  upgradeAnsweredTwice,
  listensOnOtherAddress,
  mainModuleCheck,
  socketServerNotFound,
  socketPathMismatchServer,
  socketPathMismatchClient,
  socketPathUnknown,
  clientAddressLocal,
  namespaceMismatch,
  vdirPathHardCoded,
  basePathMismatch,
  socketClientFilesMissing,
  bundleWithoutSourceMap,
  vdirPathMismatch,
  vdirPathNotSaid,
  routesWithoutVdirPath,
  routesNotRewritten,
  rootAbsoluteUrl,
  relativeUrlAtDepth,
  pageNotServed,
  routeRefused,
  removedSocketApi,
  expressPathRefused,
  eioMismatch,
  esModuleEntry,
  dependenciesNotInstalled,
  dependencyNotDeclared,
  serverSourceExposed,
  fileUnreadable, // after all rules that read files
  ...trialRules,
  ...liveRules,
  ...liveSocketRules,
  ...seenRules,
];
