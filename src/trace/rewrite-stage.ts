import { otherPool, rewriteFailure } from '../host/stages/index.js';
import {
  compileRewrite,
  type RewriteEventName,
  type RewriteRequest,
  type RewriteResult,
  type RuleStep,
  readRewriteConfig,
  rewrite,
  rewriteEvents,
} from '../rewrite/index.js';
import type { Journey } from './journey.js';
import type { TraceOutcome, TraceStage, TraceStep } from './types.js';

/** The global rules, or those of the web.config files: the same engine as the host's, with every step written down. */
export function rewriteStage(journey: Journey, scope: 'Global' | 'Distributed'): TraceOutcome | undefined {
  const config = readRewriteConfig(journey.model, journey.at);
  const wanted = scope === 'Global' ? { ...config, rules: [] } : { ...config, globalRules: [] };
  if (wanted.rules.length + wanted.globalRules.length === 0) return undefined;
  const compiled = compileRewrite(wanted);
  const { rewritten } = journey;
  const options = rewritten === undefined ? {} : { after: rewritten };
  const result = rewrite(requestOf(journey), compiled, journey.rewriteSite, options);
  journey.rewritten = result;
  const stage = scope === 'Global' ? 'global-rewrite' : 'rewrite';
  const problems = new Map(compiled.problems.map(({ rule, detail }) => [rule, detail]));
  const events = new Map<string, RewriteEventName[]>();
  for (const { rule = '', event } of rewriteEvents(rewritten ?? journey, result)) {
    const own = events.get(rule);
    if (own === undefined) events.set(rule, [event]);
    else own.push(event);
  }
  for (const step of result.steps) {
    noteRule(journey, stage, step, problems.get(step.rule), events.get(step.rule.name) ?? []);
  }
  return ending(journey, result);
}

function noteRule(
  journey: Journey,
  stage: TraceStage,
  step: RuleStep,
  problem: string | undefined,
  events: readonly RewriteEventName[],
): void {
  const { rule, verdict } = step;
  const said: Omit<TraceStep, 'stage'> = {
    rule: rule.name,
    matched: verdict === 'applied',
    verdict,
    ...(step.input !== undefined && { input: step.input }),
    ...(rule.match !== undefined && { pattern: rule.match.url }),
    ...(rule.match?.negate && { negate: true }),
    ...(step.captures.length > 0 && { captures: step.captures }),
    ...(step.conditions.length > 0 && {
      conditions: step.conditions.map(({ pattern, ...condition }) => ({
        ...condition,
        ...(pattern !== undefined && { pattern }),
      })),
    }),
    ...(step.result !== undefined && { result: step.result }),
    ...(events.length > 0 && { events }),
  };
  const why = rule.match?.negate && verdict === 'not-matched' ? 'the negated pattern matches' : words[verdict];
  const detail = problem ?? step.note ?? '';
  const sets = (step.variables ?? []).map(({ name, value }) => `sets ${name} to ${JSON.stringify(value)}`);
  // A match that was given up is no miss.
  const note = (verdict === 'not-matched' && detail !== '' ? [detail] : [why, detail, ...sets]).filter(
    (text) => text !== '',
  );
  journey.note(stage, { ...said, ...(note.length > 0 && { note: note.join(': ') }) }, rule.origin);
}

const words = {
  applied: '',
  'not-matched': 'the pattern does not match',
  'condition-failed': 'a condition fails',
  'skipped-disabled': 'the rule is disabled',
  'skipped-after-stop': 'not reached',
  'skipped-out-of-scope': 'out of scope',
} as const;

function ending(journey: Journey, result: RewriteResult): TraceOutcome | undefined {
  const { outcome } = result;
  switch (outcome.kind) {
    case 'pass':
      return undefined;
    case 'rewrite': {
      const before = journey.at;
      journey.moveTo(result.path, result.query);
      const failed = otherPool(before, journey.at);
      return failed && journey.failed(failed);
    }
    case 'redirect':
      return { kind: 'redirect', status: outcome.status, location: outcome.location, url: journey.url };
    case 'abort':
      return { kind: 'abort', url: journey.url };
    default: {
      const failed = rewriteFailure(outcome);
      if (failed !== undefined) {
        const detail =
          failed.detail ||
          `Rule "${result.steps.findLast(({ verdict }) => verdict === 'applied')?.rule.name}" answers so.`;
        return journey.failed({ ...failed, detail });
      }
      const status = outcome.kind === 'custom' ? outcome.status : 500;
      return {
        kind: 'handler',
        status,
        url: journey.url,
        modules: ['RewriteModule'],
        app: journey.at.application.path,
      };
    }
  }
}

/** The request as the host hands it to URL Rewrite; a local client's. */
function requestOf(journey: Journey): RewriteRequest {
  const { target, headers } = journey;
  return {
    method: journey.method,
    scheme: target.scheme,
    host: headers.host ?? target.host,
    rawUrl: target.target,
    path: journey.path,
    query: journey.query,
    headers,
    protocol: 'HTTP/1.1',
    remoteAddress: '127.0.0.1',
    remotePort: 0,
    localAddress: '127.0.0.1',
    localPort: target.port,
  };
}
