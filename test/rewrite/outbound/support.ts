import {
  compileOutbound,
  type OutboundConfig,
  type OutboundResult,
  type OutboundRule,
  type RewriteResponse,
  rewriteResponse,
} from '../../../src/rewrite/index.js';
import { config, request, type run, site } from '../rules.js';

type Written = Partial<Omit<OutboundRule, 'match' | 'action' | 'conditions'>> & {
  match?: Partial<OutboundRule['match']>;
  value?: string;
  action?: Partial<OutboundRule['action']>;
  conditions?: readonly Partial<OutboundRule['conditions'][number]>[];
};

export const condition = (
  written: Partial<OutboundRule['conditions'][number]>,
): OutboundRule['conditions'][number] => ({
  input: undefined,
  matchType: 'Pattern',
  pattern: undefined,
  ignoreCase: true,
  negate: false,
  ...written,
});
let counter = 0;

/** An outbound rule with the schema's defaults. */
export function rule({ match, value = '', action, conditions = [], ...rest }: Written): OutboundRule {
  return {
    name: `out ${++counter}`,
    preCondition: undefined,
    enabled: true,
    patternSyntax: 'ECMAScript',
    stopProcessing: false,
    logicalGrouping: 'MatchAll',
    trackAllCaptures: true,
    origin: undefined,
    ...rest,
    match: {
      filterByTags: [],
      customTags: undefined,
      serverVariable: undefined,
      pattern: undefined,
      occurrences: 0,
      ignoreCase: true,
      negate: false,
      ...match,
    },
    conditions: conditions.map(condition),
    action: { type: 'Rewrite', value, replace: true, ...action },
  };
}

export function respond(
  rules: readonly OutboundRule[],
  response: Partial<RewriteResponse> = {},
  rest: Partial<OutboundConfig> & { target?: string; after?: ReturnType<typeof run> } = {},
): OutboundResult {
  const { target = '/x', after, ...outbound } = rest;
  const compiled = compileOutbound(
    config([], { outbound: { rules, preConditions: [], customTags: [], rewriteBeforeCache: false, ...outbound } }),
  );
  const given = { status: 200, headers: { 'content-type': 'text/html' }, body: undefined, ...response };
  return rewriteResponse(given, request(target), compiled, site(), after === undefined ? {} : { after });
}
export const body = (rules: readonly OutboundRule[], html: string, rest = {}): string | undefined =>
  respond(rules, { body: html }, rest).body;
