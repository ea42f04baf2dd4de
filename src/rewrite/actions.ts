import type { CompiledRule } from './compile.js';
import { headerNameOf, type RewriteState } from './state.js';
import { decodePath, locationOf, proxyUrl, requestLineUrl, resolveTarget } from './target.js';
import type { RewriteOutcome, RuleStep } from './types.js';

/** The result of an action. `outcome` ends the run. */
export interface ActionEffect {
  readonly outcome?: RewriteOutcome;
  readonly result?: string | undefined;
  readonly note?: string | undefined;
  readonly variables?: RuleStep['variables'];
}

const nothing: ActionEffect = {};

/** Runs a rule whose pattern and conditions match: server variables first, then the action. */
export function applyRule(rule: CompiledRule, state: RewriteState, allowed: ReadonlySet<string>): ActionEffect {
  const url = rule.url?.(state);
  const description = rule.description?.(state);
  if (rule.variables.length === 0) return runAction(rule, state, url ?? '', description ?? '');
  const forbidden = forbiddenVariable(rule, allowed);
  if (forbidden !== undefined) {
    const message = `The server variable "${forbidden}" is not allowed to be set. Add the server variable name to the allowed server variable list.`;
    return { outcome: errorOutcome(rule, message), note: message };
  }
  const variables = setVariables(rule, state);
  return { ...runAction(rule, state, url ?? '', description ?? ''), ...(variables.length > 0 && { variables }) };
}

/** An inbound rule that failed while it ran (support.microsoft.com, "HTTP status codes in IIS"). */
export function errorOutcome(rule: CompiledRule, message: string): RewriteOutcome {
  return {
    kind: 'error',
    status: 500,
    subStatus: rule.source.scope === 'Global' ? 51 : 50,
    message,
    rule: rule.source,
  };
}

/** The name of the first variable that must not be set; then none is set. Global rules may set all. */
function forbiddenVariable({ source, variables }: CompiledRule, allowed: ReadonlySet<string>): string | undefined {
  if (source.scope === 'Global') return undefined;
  return source.serverVariables[variables.findIndex(({ name }) => !allowed.has(name))]?.name;
}

/** The variables that were set: all except those with replace="false" that had a value. */
function setVariables(rule: CompiledRule, state: RewriteState): NonNullable<RuleStep['variables']> {
  const set: { name: string; value: string }[] = [];
  const values = rule.variables.map(({ value }) => value(state));
  rule.variables.forEach(({ name, read, replace }, index) => {
    const value = values[index] ?? '';
    if (name.startsWith('HTTP_')) {
      const header = headerNameOf(name, 'HTTP_');
      if (!replace && state.header(header) !== undefined) return;
      state.setHeader(header, value);
    } else {
      if (!replace && read(state) !== '') return;
      state.setVariable(name, value);
    }
    set.push({ name, value });
  });
  return set;
}

function runAction(rule: CompiledRule, state: RewriteState, url: string, description: string): ActionEffect {
  const { action, basePath } = rule.source;
  switch (action.type) {
    case 'None':
      return nothing;
    case 'Rewrite':
      return rewriteTo(url, rule, state, action.appendQueryString);
    case 'Redirect': {
      const target = resolveTarget(url, basePath, state.query, action.appendQueryString);
      const location = locationOf(target, state);
      return { outcome: { kind: 'redirect', status: action.status, location }, result: location };
    }
    case 'CustomResponse': {
      const { status, subStatus } = action;
      const outcome: RewriteOutcome = { kind: 'custom', status, subStatus, reason: url, description };
      return { outcome, result: `${status}.${subStatus}` };
    }
    case 'AbortRequest':
      return { outcome: { kind: 'abort' }, note: 'the connection is dropped without an answer' };
  }
}

function rewriteTo(url: string, rule: CompiledRule, state: RewriteState, append: boolean): ActionEffect {
  const { basePath, useOriginalUrlEncoding = true } = rule.source;
  const target = resolveTarget(url, basePath, state.query, append);
  if (target.absolute) {
    const proxied = proxyUrl(target, useOriginalUrlEncoding);
    return {
      outcome: { kind: 'proxy', url: proxied },
      result: proxied,
      note: 'another host: needs Application Request Routing',
    };
  }
  if (state.originalUrl === undefined) state.markRewritten(requestLineUrl(state.path, state.query));
  state.path = useOriginalUrlEncoding ? target.path : decodePath(target.path);
  state.query = target.query;
  return { result: state.url };
}
