/** The settings of each section at a path, and how IIS applies them to a request: pure functions. */
export { badModule } from './bad-module.js';
export { type ListenPoint, listenPoint, samePoint, siteFor } from './bindings.js';
export { configErrorText, configFailure } from './config-failure.js';
export {
  type CustomError,
  type CustomErrors,
  customErrorFor,
  customErrorsAt,
  defaultCustomErrors,
  showsDetails,
} from './custom-errors.js';
export { type DefaultDocuments, defaultDocumentCandidates, readDefaultDocuments } from './default-document.js';
export { listingRefused, readDirectoryBrowse } from './directory.js';
export { failure, type StageFailure } from './failure.js';
export {
  chooseHandler,
  type HandlerChoice,
  type HandlerList,
  type HandlerMapping,
  type HandlerQuestion,
  type PassedOver,
  readHandlers,
} from './handler-mapping.js';
export { headerText, isHeaderName } from './header-text.js';
export { type HttpRedirect, readHttpRedirect, redirectFor } from './http-redirect.js';
export { type MimeMap, mimeTypeOf, readMimeMap } from './mime-map.js';
export { matchPathPattern, type PathMatch, type Target } from './path-pattern.js';
export { type FilteredRequest, filterRequest } from './request-filtering.js';
export {
  type FilteringRule,
  type ListedName,
  type RequestFilteringRules,
  readRequestFiltering,
} from './request-filtering-rules.js';
export { otherPool, rewriteFailure, rewriteNotification } from './rewrite-outcome.js';
export { conditionsOf, connectionTimeoutOf, maxUrlSegmentsOf, serverConnectionTimeoutOf } from './server-facts.js';
export { missingFile, type StaticFileQuestion, type StaticFileVerdict, staticFileVerdict } from './static-file.js';
export {
  isWebSocketRequest,
  readWebSocket,
  type WebSocketSettings,
  type WebSocketVerdict,
  webSocketVerdict,
} from './web-socket.js';
