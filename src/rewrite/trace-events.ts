import type { RewriteResult, RewriteRule, RewriteScope, RuleStep } from './types.js';

/**
 * Events of Failed Request Tracing, provider "WWW Server", area "Rewrite" ("Using Failed Request Tracing to Trace Rewrite
 * Rules"). The last four are (unconfirmed) names of ours, for steps the article does not show.
 */
export type RewriteEventName =
  | 'URL_REWRITE_START'
  | 'URL_REWRITE_END'
  | 'RULE_EVALUATION_START'
  | 'RULE_EVALUATION_END'
  | 'PATTERN_MATCH'
  | 'CONDITIONS_EVALUATION_START'
  | 'CONDITION_EVALUATION'
  | 'CONDITIONS_EVALUATION_END'
  | 'REWRITE_ACTION'
  | 'SET_SERVER_VARIABLE'
  | 'REDIRECT_ACTION'
  | 'CUSTOM_RESPONSE_ACTION'
  | 'ABORT_REQUEST_ACTION';

export interface RewriteEvent {
  readonly event: RewriteEventName;
  /** For the events of a rule: its name. */
  readonly rule?: string;
  readonly data: Readonly<Record<string, string | number | boolean>>;
}

/** The start of a run: the cooked path, and the query without '?'. */
interface Start {
  readonly path: string;
  readonly query: string;
}

/**
 * The events of a run as in a real trace, one scope at a time. `start` is the request, or the run before (option `after`).
 * Rules that were skipped have no events, as on IIS.
 */
export function rewriteEvents(start: Start, result: RewriteResult): readonly RewriteEvent[] {
  const events: RewriteEvent[] = [];
  let url = start;
  for (const scope of ['Global', 'Distributed'] as const) {
    const steps = result.steps.filter(({ rule }) => rule.scope === scope);
    if (steps.length === 0) continue;
    events.push({ event: 'URL_REWRITE_START', data: { url: url.path, query: url.query, scope } });
    for (const step of steps) {
      const failed = result.outcome.kind === 'error' && result.outcome.rule === step.rule;
      events.push(...ruleEvents(step, url, failed));
      url = urlAfter(step, url);
    }
    events.push(endOf(url, scope));
  }
  return events;
}

function endOf(url: Start, scope: RewriteScope): RewriteEvent {
  return { event: 'URL_REWRITE_END', data: { url: url.path, query: url.query, scope } };
}

function urlAfter({ rule, verdict, result }: RuleStep, before: Start): Start {
  if (verdict !== 'applied' || rule.action.type !== 'Rewrite' || !result?.startsWith('/')) return before;
  const mark = result.indexOf('?');
  return mark < 0 ? { path: result, query: '' } : { path: result.slice(0, mark), query: result.slice(mark + 1) };
}

function ruleEvents(step: RuleStep, url: Start, failed: boolean): readonly RewriteEvent[] {
  const { rule, verdict, input } = step;
  if (input === undefined) return [];
  const { name, patternSyntax, stopProcessing, basePath } = rule;
  const at = (event: RewriteEventName, data: RewriteEvent['data']): RewriteEvent => ({ event, rule: name, data });
  const { path, query } = url;
  const start = { name, url: path, query, patternSyntax, stopProcessing, relativePath: `${basePath}/` };
  return [
    at('RULE_EVALUATION_START', start),
    ...(rule.match === undefined ? [] : [at('PATTERN_MATCH', matchData(rule.match, input, verdict))]),
    ...conditionEvents(step, at),
    ...(verdict === 'applied' && !failed ? actionEvents(step, at) : []),
    at('RULE_EVALUATION_END', { name, url: path, query, succeeded: verdict === 'applied' && !failed }),
  ];
}

type At = (event: RewriteEventName, data: RewriteEvent['data']) => RewriteEvent;

function matchData(match: NonNullable<RewriteRule['match']>, input: string, verdict: RuleStep['verdict']) {
  return { pattern: match.url, input, negated: match.negate, matched: (verdict !== 'not-matched') !== match.negate };
}

function conditionEvents({ rule, conditions, verdict }: RuleStep, at: At): readonly RewriteEvent[] {
  if (conditions.length === 0) return [];
  return [
    at('CONDITIONS_EVALUATION_START', { logicalGrouping: rule.logicalGrouping }),
    ...conditions.map(({ input, expanded, matchType, pattern = '', negate, matched }) =>
      at('CONDITION_EVALUATION', {
        input,
        expandedInput: expanded,
        matchType,
        pattern,
        negated: negate,
        succeeded: matched,
      }),
    ),
    at('CONDITIONS_EVALUATION_END', { succeeded: verdict === 'applied' }),
  ];
}

function actionEvents({ rule, result = '', variables = [] }: RuleStep, at: At): readonly RewriteEvent[] {
  const { action } = rule;
  const set = variables.map(({ name, value }) => at('SET_SERVER_VARIABLE', { name, value }));
  switch (action.type) {
    case 'None':
      return set;
    case 'Rewrite': {
      const { url: substitution, appendQueryString, logRewrittenUrl = false } = action;
      return [...set, at('REWRITE_ACTION', { substitution, newUrl: result, appendQueryString, logRewrittenUrl })];
    }
    case 'Redirect': {
      const { url: substitution, status, appendQueryString } = action;
      return [...set, at('REDIRECT_ACTION', { substitution, location: result, status, appendQueryString })];
    }
    case 'CustomResponse':
      return [...set, at('CUSTOM_RESPONSE_ACTION', { status: action.status, subStatus: action.subStatus })];
    case 'AbortRequest':
      return [...set, at('ABORT_REQUEST_ACTION', {})];
  }
}
