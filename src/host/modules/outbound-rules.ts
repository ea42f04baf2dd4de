import { compileOutbound, readRewriteConfig, rewriteResponse } from '../../rewrite/index.js';
import { errorPage } from '../errors/answer.js';
import type { OutboundResponse, OutboundRules } from '../listener/outbound.js';
import type { RequestContext } from '../pipeline/context.js';
import type { PipelineModule } from '../pipeline/module.js';
import { pathSetting } from '../pipeline/path-config.js';
import { failure } from '../stages/failure.js';
import { statusText } from '../stages/http-status.js';
import { rewriteNotification } from '../stages/rewrite-outcome.js';
import { changedHeaders, headerRecord } from './outbound-headers.js';
import { inboundRunSoFar, rewriteRequest, rewriteSite } from './rewrite-facts.js';

const outboundAt = pathSetting(({ model, at }) => {
  const config = readRewriteConfig(model, at);
  return (config.outbound?.rules ?? []).some(({ enabled }) => enabled) ? compileOutbound(config) : undefined;
});

/** Rules that change responses: of the place the request ends up at, on every answer, IIS's own included. */
export const outboundRules: PipelineModule = {
  name: 'RewriteModule (outbound rules)',
  implements: ['system.webServer/rewrite/outboundRules'],
  check: outboundAt,
  onRequest(context) {
    context.response.outbound = () => rulesFor(context);
    return 'next';
  },
};

/** Types whose bodies rules on tags and bodies look at. A stream of events has no end to wait for. */
const textual = /^(?:text\/(?!event-stream)|application\/(?:[\w.-]+\+)?(?:json|xml|javascript|x-javascript|xhtml))/i;

function rulesFor(context: RequestContext): OutboundRules | undefined {
  const compiled = compiledFor(context);
  if (compiled === undefined) return undefined;
  const looksAtBodies = compiled.rules.some(({ scope }) => scope !== 'variable');
  return {
    wantsBody: (status, headers) =>
      looksAtBodies &&
      context.incoming.method !== 'HEAD' &&
      status !== 204 &&
      status !== 304 &&
      textual.test(headerRecord(headers)['content-type'] ?? ''),
    apply: (response) => apply(context, compiled, response),
  };
}

/** The rules that hold where the request is now; none where the configuration itself is the failure that is being answered. */
function compiledFor({ config }: RequestContext): ReturnType<typeof outboundAt> {
  try {
    return outboundAt(config);
  } catch {
    return undefined;
  }
}

function apply(
  context: RequestContext,
  compiled: NonNullable<ReturnType<typeof outboundAt>>,
  response: OutboundResponse,
): OutboundResponse {
  const before = headerRecord(response.headers);
  const encoding = response.body === undefined ? 'latin1' : encodingOf(response.body);
  const { outcome, headers, body } = rewriteResponse(
    { status: response.status, headers: before, body: response.body?.toString(encoding) },
    rewriteRequest(context),
    compiled,
    rewriteSite(context),
    inboundRunSoFar(context),
  );
  if (outcome.kind === 'error') return failed(context, outcome);
  return {
    status: response.status,
    headers: changedHeaders(response.headers, before, headers),
    body: body === undefined ? undefined : Buffer.from(body, encoding),
  };
}

/** Bytes that are no UTF-8 are carried through as they are. */
function encodingOf(body: Buffer): 'utf8' | 'latin1' {
  return Buffer.from(body.toString('utf8'), 'utf8').equals(body) ? 'utf8' : 'latin1';
}

function failed(
  context: RequestContext,
  {
    subStatus,
    message,
    rule,
  }: {
    readonly subStatus: number;
    readonly message: string;
    readonly rule?: { readonly origin?: { readonly file: string; readonly line: number } | undefined } | undefined;
  },
): OutboundResponse {
  const origin = rule?.origin;
  const code = statusText(500, subStatus);
  context.host.emitOnce(`${code} ${message}`, {
    level: 'error',
    code: 'REQUEST_FAILED',
    message: `HTTP ${code} for ${context.requestedPath}: ${message}`,
    ...(origin && { file: origin.file, line: origin.line }),
  });
  const module = { module: 'RewriteModule', notification: rewriteNotification(subStatus), ...(origin && { origin }) };
  const body = Buffer.from(errorPage(context, failure(500, subStatus, message, module)));
  return { status: 500, headers: ['Content-Type', 'text/html; charset=utf-8', ...context.response.extraHeaders], body };
}
