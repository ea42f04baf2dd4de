/**
 * What IIS decides about a request, without what carries it out: `trace` tells by these functions, the host acts by them.
 * They load neither the listener nor the iisnode module.
 */
export { configErrorText } from '../errors/config-error.js';
export { type CustomErrors, customErrorFor, customErrorsAt, showsDetails } from '../errors/custom-errors.js';
export { findExecutable, splitCommandLine } from '../iisnode/command-line.js';
export { type DebugCommand, debugCommand } from '../iisnode/debug-urls.js';
export { BridgeError } from '../iisnode/failures.js';
export { IisnodeConfigurationError, iisnodeSettingsOf, type SettingsHost } from '../modules/iisnode-settings.js';
export { statOf } from '../pipeline/disk.js';
export { type ServeSiteOptions, serveSite } from '../serve-site.js';
export { badModule } from './bad-module.js';
export { listenPoint, siteFor } from './bindings.js';
export { type DefaultDocuments, defaultDocumentCandidates, readDefaultDocuments } from './default-document.js';
export { listingRefused, readDirectoryBrowse } from './directory.js';
export type { StageFailure } from './failure.js';
export {
  chooseHandler,
  type HandlerChoice,
  type HandlerList,
  type HandlerMapping,
  type HandlerQuestion,
  type PassedOver,
  readHandlers,
} from './handler-mapping.js';
export { type HttpRedirect, readHttpRedirect, redirectFor } from './http-redirect.js';
export { type MimeMap, mimeTypeOf, readMimeMap } from './mime-map.js';
export { matchPathPattern, type PathMatch, type Target } from './path-pattern.js';
export { type Refusal, refusalsOf } from './refusals.js';
export { type FilteredRequest, filterRequest } from './request-filtering.js';
export {
  type FilteringRule,
  type ListedName,
  type RequestFilteringRules,
  readRequestFiltering,
} from './request-filtering-rules.js';
export { otherPool, rewriteFailure } from './rewrite-outcome.js';
export { conditionsOf, maxUrlSegmentsOf } from './server-facts.js';
export { missingFile, type StaticFileQuestion, type StaticFileVerdict, staticFileVerdict } from './static-file.js';
export {
  isWebSocketRequest,
  readWebSocket,
  type WebSocketSettings,
  type WebSocketVerdict,
  webSocketVerdict,
} from './web-socket.js';
