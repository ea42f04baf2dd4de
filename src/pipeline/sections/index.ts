/** The settings of each section at a path, and how IIS applies them to a request: pure functions. */
export { type ListenPoint, listenPoint, samePoint, siteFor } from './bindings.js';
export { isCompressed, type StaticCompression } from './compression.js';
export { configErrorText, configFailure } from './config-failure.js';
export {
  type CustomErrors,
  customErrorFor,
  customErrorsAt,
  defaultCustomErrors,
  showsDetails,
} from './custom-errors.js';
export { defaultDocumentCandidates } from './default-document.js';
export { listingRefused, readDirectoryBrowse } from './directory.js';
export { failure, type StageFailure } from './failure.js';
export {
  chooseHandler,
  type HandlerChoice,
  type HandlerList,
  type HandlerMapping,
  readHandlers,
} from './handler-mapping.js';
export { headerText, isHeaderName } from './header-text.js';
export type { HttpPlatformSettings } from './http-platform.js';
export { readHttpRedirect, redirectFor } from './http-redirect.js';
export { mimeTypeOf, readMimeMap } from './mime-map.js';
export { matchPathPattern, type Target } from './path-pattern.js';
export { type FilteredRequest, filterRequest } from './request-filtering.js';
export { type RequestFilteringRules, readRequestFiltering } from './request-filtering-rules.js';
export { rewriteFailure, rewriteNotification } from './rewrite-outcome.js';
export { conditionsOf, connectionTimeoutOf, maxUrlSegmentsOf, serverConnectionTimeoutOf } from './server-facts.js';
export { missingFile, staticFileVerdict } from './static-file.js';
export { isWebSocketRequest, readWebSocket, type WebSocketSettings, webSocketVerdict } from './web-socket.js';
