import {
  type CompiledRewrite,
  compileRewrite,
  type RewriteOutcome,
  type RewriteResult,
  readRewriteConfig,
  rewrite,
} from '../../rewrite/index.js';
import { goTo, headerPairs, type RequestContext } from '../pipeline/context.js';
import type { PipelineModule, Verdict } from '../pipeline/module.js';
import { pathSetting } from '../pipeline/path-config.js';
import { otherPool, rewriteFailure } from '../stages/rewrite-outcome.js';
import { inboundRunSoFar, keepInboundRun, rewriteRequest, rewriteSite } from './rewrite-facts.js';

const configAt = pathSetting(({ model, at }) => readRewriteConfig(model, at));
/** Global rules run before request filtering, the others behind it, so each kind is compiled by itself. */
const globalAt = pathSetting((config) =>
  compiled(configAt(config).globalRules.length > 0, () => compileRewrite({ ...configAt(config), rules: [] })),
);
const distributedAt = pathSetting((config) =>
  compiled(configAt(config).rules.length > 0, () => compileRewrite({ ...configAt(config), globalRules: [] })),
);

function compiled(wanted: boolean, compile: () => CompiledRewrite): CompiledRewrite | undefined {
  return wanted ? compile() : undefined;
}

/** The rules of applicationHost.config alone, before request filtering. */
export const urlRewriteGlobal: PipelineModule = {
  name: 'RewriteModule (global rules)',
  implements: ['system.webServer/rewrite/globalRules'],
  check: globalAt,
  onRequest: (context) => run(context, globalAt(context.config)),
};

/** The rules of the web.config files on the way, and what they need. */
export const urlRewrite: PipelineModule = {
  name: 'RewriteModule',
  implements: [
    'system.webServer/rewrite/rules',
    'system.webServer/rewrite/rewriteMaps',
    'system.webServer/rewrite/allowedServerVariables',
  ],
  check: distributedAt,
  onRequest: (context) => run(context, distributedAt(context.config)),
};

function run(context: RequestContext, rules: CompiledRewrite | undefined): Verdict {
  if (rules === undefined) return 'next';
  const result = rewrite(rewriteRequest(context), rules, rewriteSite(context), inboundRunSoFar(context));
  keepInboundRun(context, result);
  applyHeaders(context, result);
  return act(context, result);
}

function act(context: RequestContext, result: RewriteResult): Verdict {
  const { outcome } = result;
  switch (outcome.kind) {
    case 'pass':
      return 'next';
    case 'rewrite': {
      const before = context.config.at;
      goTo(context, result.path, result.query);
      setHeader(context, 'X-Original-URL', outcome.originalUrl);
      return otherPool(before, context.config.at) ?? 'next';
    }
    case 'redirect':
      context.response.writeHead(outcome.status, {
        Location: outcome.location,
        'Content-Type': 'text/html; charset=UTF-8',
      });
      context.response.end('<head><title>Document Moved</title></head>\n<body><h1>Object Moved</h1></body>');
      return 'handled';
    case 'abort':
      context.incoming.socket.destroy();
      return 'handled';
    default:
      return end(context, outcome);
  }
}

function end(
  context: RequestContext,
  outcome: Extract<RewriteOutcome, { kind: 'proxy' | 'custom' | 'error' }>,
): Verdict {
  const failed = rewriteFailure(outcome);
  if (failed !== undefined || outcome.kind !== 'custom') return failed ?? 'next';
  context.response.writeHead(outcome.status, outcome.reason || undefined, {
    'Content-Type': 'text/html; charset=UTF-8',
  });
  context.response.end(outcome.description);
  return 'handled';
}

function applyHeaders(context: RequestContext, { headers }: RewriteResult): void {
  for (const [name, value] of Object.entries(headers)) setHeader(context, name, value);
}

/** Replaces the first header of that name and drops the others, or adds it; the name's spelling stays the client's. */
function setHeader(context: RequestContext, name: string, value: string): void {
  const key = name.toLowerCase();
  const kept: (readonly [string, string])[] = [];
  let done = false;
  for (const pair of context.headers.length > 0 ? context.headers : headerPairs(context.incoming.rawHeaders)) {
    if (pair[0].toLowerCase() !== key) kept.push(pair);
    else if (!done) {
      kept.push([pair[0], value]);
      done = true;
    }
  }
  if (!done) kept.push([name, value]);
  context.headers = kept;
}
