import { debugLog } from '../../debug-log.js';
import { type Outcome, webSocketAt } from '../../pipeline/index.js';
import type { StageFailure } from '../../pipeline/sections/index.js';
import { encodeQuery } from '../../rewrite/index.js';
import type { RequestContext } from '../request/context.js';
import type { Answered } from './answered.js';
import { sendListing } from './directory-listing.js';
import { runHttpPlatform } from './http-platform.js';
import { runIisnode } from './iisnode.js';
import { runRequestRouting } from './request-routing.js';
import { sendFile } from './static-file.js';

type Acts = {
  readonly [Kind in Outcome['kind']]: (
    context: RequestContext,
    outcome: Extract<Outcome, { kind: Kind }>,
  ) => Answered | Promise<Answered>;
};

/** How the host carries out each outcome of `decide`. */
const actions: Acts = {
  iisnode: runIisnode,
  'http-platform': runHttpPlatform,
  proxy: runRequestRouting,
  file: (context, { contentType }) => sendFile(context, contentType),
  listing(context) {
    sendListing(context);
    return undefined;
  },
  'protocol-support': answerVerb,
  'custom-response'({ response }, { status, reason, description }) {
    response.writeHead(status, reason || undefined, { 'Content-Type': 'text/html; charset=UTF-8' });
    response.end(description);
    return undefined;
  },
  redirect: sendRedirect,
  abort({ incoming }) {
    incoming.socket.destroy();
    return undefined;
  },
  error(context, { failure }) {
    if (failure.status === 401) refuseUnauthorized(context, failure);
    if (failure.module === 'WebSocketModule') warnOfWebSocketModule(context, failure);
    if (failure.module === 'StaticFileModule' && failure.status === 405)
      context.response.setHeader('Allow', 'GET, HEAD, OPTIONS, TRACE');
    return failure;
  },
};

const debug = debugLog('module');

/** Carries out what was decided. */
export function carryOutOutcome(context: RequestContext, outcome: Outcome): Answered | Promise<Answered> {
  const carryOut = actions[outcome.kind] as (context: RequestContext, outcome: Outcome) => Answered | Promise<Answered>;
  debug('%s acts on %s', context.handler?.mapping?.name ?? 'no handler', context.path);
  return carryOut(context, outcome);
}

function answerVerb({ response, incoming }: RequestContext): Answered {
  if (incoming.method === 'TRACE') {
    // TRACE is disabled in a new IIS (serverRuntime's enableTrace is unset): 501.
    response.writeHead(501, { 'Content-Length': 0 }).end();
    return undefined;
  }
  const verbs = 'OPTIONS, TRACE, GET, HEAD, POST';
  response.writeHead(200, { Allow: verbs, Public: verbs, 'Content-Length': 0 });
  response.end();
  return undefined;
}

function sendRedirect(
  { response }: RequestContext,
  { status, location, by }: Extract<Outcome, { kind: 'redirect' }>,
): Answered {
  if (by === 'http-redirect') {
    response.writeHead(status, { Location: encodeQuery(location), 'Content-Length': 0 });
    response.end();
    return undefined;
  }
  response.writeHead(status, { Location: location, 'Content-Type': 'text/html; charset=UTF-8' });
  response.end('<head><title>Document Moved</title></head>\n<body><h1>Object Moved</h1></body>');
  return undefined;
}

/** What a client can sign in with; and for the user of the host, why it does not help here. */
function refuseUnauthorized(context: RequestContext, { challenges, detail, origin }: StageFailure): void {
  if (challenges === undefined) return; // a rule's own answer
  if (challenges.length > 0) context.response.setHeader('WWW-Authenticate', challenges);
  const { application } = context.config.at;
  context.host.emitOnce(`authentication ${context.site.name} ${application.path} ${detail}`, {
    level: 'warning',
    code: 'SIGN_IN_REQUIRED',
    message: `${detail} Requests of ${application.path} get 401; to try the app here, let clients in that have not signed in (anonymousAuthentication, authorization).`,
    ...(origin && { file: origin.file, line: origin.line }),
  });
}

/** Only this event tells the user why clients stay on polling. */
function warnOfWebSocketModule(context: RequestContext, { detail }: StageFailure): void {
  const { application } = context.config.at;
  const { origin } = webSocketAt(context.config).settings;
  context.host.emitOnce(`websocket ${context.site.name} ${application.path}`, {
    level: 'warning',
    code: 'WEBSOCKET_MODULE_ENABLED',
    message: `${detail} Clients of ${application.path} get 400 and stay on polling; add <webSocket enabled="false" /> to its web.config.`,
    ...(origin && { file: origin.file, line: origin.line }),
  });
}
