import type { Stage } from './stage.js';
import { authentication } from './stages/authentication.js';
import { authorization } from './stages/authorization.js';
import { compression } from './stages/compression.js';
import { configuration } from './stages/configuration.js';
import { customErrors } from './stages/custom-errors.js';
import { customHeaders } from './stages/custom-headers.js';
import { defaultDocument } from './stages/default-document.js';
import { directoryListing } from './stages/directory-listing.js';
import { handlerMapping } from './stages/handler-mapping.js';
import { httpPlatform } from './stages/http-platform.js';
import { httpRedirect } from './stages/http-redirect.js';
import { iisnode } from './stages/iisnode.js';
import { outboundRules } from './stages/outbound-rules.js';
import { protocolSupport } from './stages/protocol-support.js';
import { requestFiltering } from './stages/request-filtering.js';
import { requestRouting } from './stages/request-routing.js';
import { staticFile } from './stages/static-file.js';
import { unknownModule } from './stages/unknown-module.js';
import { globalRules, urlRewrite } from './stages/url-rewrite.js';
import { webSocket } from './stages/web-socket.js';

/** The order of the pipeline: global rules, request filtering, rules, authentication, handler choice, handlers (IIS modules overview). */
export const stages: readonly Stage[] = [
  configuration,
  customHeaders,
  customErrors,
  outboundRules,
  compression,
  globalRules,
  requestFiltering,
  urlRewrite,
  httpRedirect,
  authentication,
  authorization,
  requestRouting,
  handlerMapping,
  webSocket,
  iisnode,
  httpPlatform,
  protocolSupport,
  staticFile,
  defaultDocument,
  directoryListing,
  unknownModule,
];
