import { configCheck } from '../modules/config-check.js';
import { customErrors } from '../modules/custom-errors.js';
import { defaultDocument } from '../modules/default-document.js';
import { directoryListing } from '../modules/directory-listing.js';
import { handlerMapping } from '../modules/handler-mapping.js';
import { httpProtocol } from '../modules/http-protocol.js';
import { httpRedirect } from '../modules/http-redirect.js';
import { iisnode } from '../modules/iisnode.js';
import { outboundRules } from '../modules/outbound-rules.js';
import { protocolSupport } from '../modules/protocol-support.js';
import { requestFiltering } from '../modules/request-filtering.js';
import { staticFile } from '../modules/static-file.js';
import { unknownModule } from '../modules/unknown-module.js';
import { urlRewrite, urlRewriteGlobal } from '../modules/url-rewrite.js';
import { webSocketModule } from '../modules/web-socket.js';
import type { PipelineModule } from './module.js';

/** The order of the pipeline: global rules, request filtering, rules, handler choice, handlers (IIS modules overview). */
export const pipeline: readonly PipelineModule[] = [
  configCheck,
  httpProtocol,
  customErrors,
  outboundRules,
  urlRewriteGlobal,
  requestFiltering,
  urlRewrite,
  httpRedirect,
  handlerMapping,
  webSocketModule,
  iisnode,
  protocolSupport,
  staticFile,
  defaultDocument,
  directoryListing,
  unknownModule,
];
