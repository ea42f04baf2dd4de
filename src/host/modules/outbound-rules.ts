import { type Decision, outboundRulesAt } from '../../pipeline/index.js';
import { failure, rewriteNotification } from '../../pipeline/sections/index.js';
import { rewriteResponse } from '../../rewrite/index.js';
import { statusText } from '../errors/http-status.js';
import type { RequestContext } from '../request/context.js';
import { headerRecord } from '../request/header-record.js';
import type { OutboundResponse, OutboundRules } from '../request/outbound.js';
import { errorPage } from './error-answer.js';
import { changedHeaders } from './outbound-headers.js';

/** Content types whose bodies are read by rules on tags and bodies. An event stream has no end to wait for. */
const textual = /^(?:text\/(?!event-stream)|application\/(?:[\w.-]+\+)?(?:json|xml|javascript|x-javascript|xhtml))/i;

/** The outbound rules of the place where the request ended; undefined where there are none. */
export function outboundRulesFor(context: RequestContext): OutboundRules | undefined {
  const { decision } = context;
  const compiled = compiledFor(context);
  if (compiled === undefined || decision === undefined) return undefined;
  const looksAtBodies = compiled.rules.some(({ scope }) => scope !== 'variable');
  return {
    wantsBody: (status, headers) =>
      looksAtBodies &&
      context.incoming.method !== 'HEAD' &&
      status !== 204 &&
      status !== 304 &&
      textual.test(headerRecord(headers)['content-type'] ?? ''),
    apply: (response) => apply(context, decision, compiled, response),
  };
}

/** The rules at the request's current place; none where the configuration itself is the error. */
function compiledFor({ config }: RequestContext): ReturnType<typeof outboundRulesAt> {
  try {
    return outboundRulesAt(config);
  } catch {
    return undefined;
  }
}

function apply(
  context: RequestContext,
  decision: Decision,
  compiled: NonNullable<ReturnType<typeof outboundRulesAt>>,
  response: OutboundResponse,
): OutboundResponse {
  const { rewritten } = decision.journey;
  const before = headerRecord(response.headers);
  const encoding = response.body === undefined ? 'latin1' : encodingOf(response.body);
  const { outcome, headers, body } = rewriteResponse(
    { status: response.status, headers: before, body: response.body?.toString(encoding) },
    context.request.at(context.path, context.query),
    compiled,
    decision.journey.rewriteSite,
    rewritten === undefined ? {} : { after: rewritten },
  );
  if (outcome.kind === 'error') return failed(context, outcome);
  return {
    status: response.status,
    headers: changedHeaders(response.headers, before, headers),
    body: body === undefined ? undefined : Buffer.from(body, encoding),
  };
}

/** Bytes that are not UTF-8 are not changed. */
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
