/** The embedded IIS: its listener and pipeline, the pure stages `trace` shares with it, and the background host. */
export { embeddedStore } from './background/embedded-store.js';
export { type Home, openHome } from './background/home.js';
export {
  type HostStatus,
  hostStatus,
  reloadBackgroundHost,
  type StartedHost,
  startBackgroundHost,
  stopBackgroundHost,
} from './background/manage.js';
export type { IisnodeFailure, IisnodeModule, IisnodeModuleOptions, IisnodeRequest } from './iisnode/types.js';
export { IisnodeConfigurationError, iisnodeSettingsOf, type SettingsHost } from './modules/iisnode-settings.js';
export { statOf } from './pipeline/disk.js';
export type { PipelineModule, Verdict } from './pipeline/module.js';
export { pipeline } from './pipeline/pipeline.js';
export { type ServeSiteOptions, serveSite } from './serve-site.js';
export { badModule } from './stages/bad-module.js';
export { listenPoint, siteFor } from './stages/bindings.js';
export { type DefaultDocuments, defaultDocumentCandidates, readDefaultDocuments } from './stages/default-document.js';
export { listingRefused, readDirectoryBrowse } from './stages/directory.js';
export type { StageFailure } from './stages/failure.js';
export {
  chooseHandler,
  type HandlerChoice,
  type HandlerList,
  type HandlerMapping,
  type HandlerQuestion,
  type PassedOver,
  readHandlers,
} from './stages/handler-mapping.js';
export { type HttpRedirect, readHttpRedirect, redirectFor } from './stages/http-redirect.js';
export { explanation, reasonPhrase, statusText } from './stages/http-status.js';
export { type MimeMap, mimeTypeOf, readMimeMap } from './stages/mime-map.js';
export { matchPathPattern, type PathMatch, type Target } from './stages/path-pattern.js';
export { type FilteredRequest, filterRequest } from './stages/request-filtering.js';
export {
  type FilteringRule,
  type ListedName,
  type RequestFilteringRules,
  readRequestFiltering,
} from './stages/request-filtering-rules.js';
export { rewriteFailure } from './stages/rewrite-outcome.js';
export {
  missingFile,
  type StaticFileQuestion,
  type StaticFileVerdict,
  staticFileVerdict,
} from './stages/static-file.js';
export {
  isWebSocketRequest,
  readWebSocket,
  type WebSocketSettings,
  type WebSocketVerdict,
  webSocketVerdict,
} from './stages/web-socket.js';
export { startHost } from './start-host.js';
export type * from './types.js';
