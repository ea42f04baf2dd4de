import type { CompiledRule } from './compile.js';
import { headerNameOf, type RewriteState } from './state.js';
import { locationOf, proxyUrl, requestLineUrl, resolveTarget } from './target.js';
import type { RewriteOutcome } from './types.js';

/** What an action did. `outcome` ends the run. */
export interface ActionEffect {
  readonly outcome?: RewriteOutcome;
  readonly result?: string | undefined;
  readonly note?: string | undefined;
}

const nothing: ActionEffect = {};

/** Carry out a rule whose pattern and conditions hold: server variables first, then the action. */
export function applyRule(rule: CompiledRule, state: RewriteState, allowed: ReadonlySet<string>): ActionEffect {
  const url = rule.url?.(state);
  const description = rule.description?.(state);
  const forbidden = setVariables(rule, state, allowed);
  if (forbidden !== undefined) {
    const message = `The server variable "${forbidden}" is not allowed to be set. Add the server variable name to the allowed server variable list.`;
    return { outcome: errorOutcome(rule, message), note: message };
  }
  return act(rule, state, url ?? '', description ?? '');
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

/** The name of the first variable that may not be set; nothing is set then. */
function setVariables(rule: CompiledRule, state: RewriteState, allowed: ReadonlySet<string>): string | undefined {
  if (rule.variables.length === 0) return undefined;
  if (rule.source.scope === 'Distributed') {
    const forbidden = rule.variables.findIndex(({ name }) => !allowed.has(name));
    if (forbidden >= 0) return rule.source.serverVariables[forbidden]?.name;
  }
  const values = rule.variables.map(({ value }) => value(state));
  rule.variables.forEach(({ name, replace }, index) => {
    const value = values[index] ?? '';
    if (name.startsWith('HTTP_')) {
      const header = headerNameOf(name, 'HTTP_');
      if (replace || state.header(header) === undefined) state.setHeader(header, value);
    } else if (replace || state.variables?.get(name) === undefined) state.setVariable(name, value);
  });
  return undefined;
}

function act(rule: CompiledRule, state: RewriteState, url: string, description: string): ActionEffect {
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
  const target = resolveTarget(url, rule.source.basePath, state.query, append);
  if (target.absolute) {
    const proxied = proxyUrl(target);
    return {
      outcome: { kind: 'proxy', url: proxied },
      result: proxied,
      note: 'another host: needs Application Request Routing',
    };
  }
  if (state.originalUrl === undefined) state.markRewritten(requestLineUrl(state.path, state.query));
  state.path = target.path;
  state.query = target.query;
  return { result: state.url };
}
