import { conditionsHold } from '../conditions.js';
import { type Groups, PatternTooComplex } from '../pattern.js';
import type { StepBudget } from '../regex/bounded-match.js';
import { headerNameOf, noGroups, RewriteState } from '../state.js';
import type { ConditionStep, RewriteOptions, RewriteRequest, RewriteSite } from '../types.js';
import { maxBodySteps, outboundUrlFollowsRewrite } from '../unconfirmed.js';
import { type CompiledOutbound, type CompiledOutboundRule, ruleSubStatus, scopeOf } from './compile.js';
import { changeAttributes } from './tags.js';
import type {
  OutboundResult,
  OutboundRule,
  OutboundStep,
  OutboundSubStatus,
  OutboundVerdict,
  RewriteResponse,
} from './types.js';

/**
 * Runs the outbound rules on a response. Pure except for calls to `site`; never throws for a configuration.
 * `options.after` is the inbound run of the same request, so that {URL} and X-Original-URL are correct.
 */
export function rewriteResponse(
  response: RewriteResponse,
  request: RewriteRequest,
  compiled: CompiledOutbound,
  site: RewriteSite,
  options: Pick<RewriteOptions, 'after'> = {},
): OutboundResult {
  const state = new RewriteState(request, site);
  if (options.after !== undefined) state.continueFrom(options.after);
  if (!outboundUrlFollowsRewrite) [state.path, state.query] = [request.path, request.query];
  const run = new OutboundRun(state, response);
  return run.result(compiled, run.all(compiled));
}

interface Failure {
  readonly message: string;
  readonly rule: OutboundRule;
  readonly subStatus?: OutboundSubStatus;
}

class OutboundRun {
  private readonly steps = new Map<OutboundRule, OutboundStep>();
  private readonly headers: Record<string, string>;
  private body: string | undefined;
  /** Places that later rules must not change: `variable NAME`, `body`. */
  private readonly stopped = new Set<string>();
  private current: CompiledOutboundRule | undefined;
  private readonly budgets = new Map<CompiledOutboundRule, StepBudget>();

  constructor(
    private readonly state: RewriteState,
    response: RewriteResponse,
  ) {
    this.headers = { ...response.headers };
    this.body = response.body;
    state.responseHeaders = this.headers;
    state.setVariable('RESPONSE_STATUS', String(response.status));
  }

  /** The failure that ended the run; undefined without a failure. */
  all({ rules, problem }: CompiledOutbound): Failure | undefined {
    if (problem !== undefined) return problem;
    try {
      const active = rules.filter((rule) => this.isActive(rule));
      const encoded = this.encodedBody(active);
      if (encoded !== undefined) return encoded;
      for (const rule of active) if (rule.scope === 'variable') this.variable(rule);
      this.tags(active.filter(({ scope }) => scope === 'tags'));
      for (const rule of active) if (rule.scope === 'body') this.wholeBody(rule);
      return undefined;
    } catch (cause) {
      if (!(cause instanceof PatternTooComplex) || this.current === undefined) throw cause;
      return { message: cause.message, rule: this.current.source };
    }
  }

  result({ config }: CompiledOutbound, failure: Failure | undefined): OutboundResult {
    const after = failure === undefined ? 'not-matched' : 'skipped-after-error';
    const steps = config.rules.map(
      (rule): OutboundStep =>
        this.steps.get(rule) ?? {
          rule,
          scope: scopeOf(rule),
          verdict: rule.enabled ? after : 'skipped-disabled',
          changes: 0,
          note: rule === failure?.rule ? failure.message : undefined,
        },
    );
    const subStatus = failure?.subStatus ?? ruleSubStatus(config);
    const outcome: OutboundResult['outcome'] =
      failure === undefined
        ? { kind: 'pass' }
        : { kind: 'error', status: 500, subStatus, message: failure.message, rule: failure.rule };
    return { outcome, headers: this.headers, body: this.body, steps };
  }

  /** From here on a match that is too complex belongs to this rule; all its matches share one budget. */
  private turnTo(rule: CompiledOutboundRule): void {
    this.current = rule;
    const budget = this.budgets.get(rule) ?? { left: maxBodySteps(this.body?.length ?? 0) };
    this.budgets.set(rule, budget);
    this.state.budget = budget;
  }

  private isActive(rule: CompiledOutboundRule): boolean {
    this.turnTo(rule);
    const { preCondition } = rule;
    if (preCondition !== undefined) {
      const { source, conditions } = preCondition;
      const { logicalGrouping } = source;
      const held = conditionsHold({ conditions, source: { logicalGrouping, trackAllCaptures: true } }, this.state, []);
      if (!held) {
        this.note(rule, 'precondition-failed');
        return false;
      }
    }
    if (rule.scope === 'variable' || this.body !== undefined) return true;
    this.note(rule, 'skipped-no-body');
    return false;
  }

  /** techcommunity.microsoft.com, "IIS acting as reverse proxy: Where the problems start". */
  private encodedBody(active: readonly CompiledOutboundRule[]): Failure | undefined {
    const encoding = this.headers['content-encoding'];
    if (encoding === undefined || encoding === '' || encoding.toLowerCase() === 'identity') return undefined;
    const rule = active.find(({ scope }) => scope !== 'variable');
    if (rule === undefined) return undefined;
    const message = `Outbound rewrite rules cannot be applied when the content of the HTTP response is encoded ("${encoding}").`;
    return { message, rule: rule.source };
  }

  private variable(rule: CompiledOutboundRule): void {
    const place = `variable ${rule.variable}`;
    if (this.stopped.has(place)) return;
    const value = rule.readVariable(this.state);
    const changed = this.change(rule, value);
    if (changed === undefined) return;
    if (rule.source.stopProcessing) this.stopped.add(place);
    if (rule.source.action.type === 'None' || (!rule.source.action.replace && value !== '')) return;
    if (!rule.variable.startsWith('RESPONSE_')) this.state.setVariable(rule.variable, changed);
    // An empty value removes the header, as in the usual rule against the Server header.
    else if (changed === '') delete this.headers[headerNameOf(rule.variable, 'RESPONSE_')];
    else this.headers[headerNameOf(rule.variable, 'RESPONSE_')] = changed;
  }

  /** Each attribute goes through all rules on tags: the output of one is the input of the next. */
  private tags(rules: readonly CompiledOutboundRule[]): void {
    if (rules.length === 0 || this.body === undefined) return;
    const counts = new Map<CompiledOutboundRule, number>();
    this.body = changeAttributes(this.body, (attribute, written) => {
      let value = written;
      for (const rule of rules) {
        const count = counts.get(rule) ?? 0;
        const { occurrences } = rule.source.match;
        if (!rule.tags.has(attribute) || (occurrences > 0 && count >= occurrences)) continue;
        const changed = this.change(rule, value);
        if (changed === undefined) continue;
        counts.set(rule, count + 1);
        if (rule.source.action.type === 'Rewrite') value = changed;
        if (rule.source.stopProcessing) break;
      }
      return value;
    });
  }

  private wholeBody(rule: CompiledOutboundRule): void {
    const { body } = this;
    if (body === undefined || this.stopped.has('body')) return;
    const { action, match, stopProcessing } = rule.source;
    if (match.negate) {
      // Without a match there is nothing to replace.
      this.change(rule, body);
      return;
    }
    const limit = match.occurrences > 0 ? match.occurrences : Number.POSITIVE_INFINITY;
    this.turnTo(rule);
    const budget = this.state.budget ?? { left: maxBodySteps(body.length) };
    let out = '';
    let copied = 0;
    for (const { index, groups } of rule.pattern.all(body, limit, budget)) {
      if (!this.conditions(rule, groups)) continue;
      this.note(rule, 'applied', 1);
      if (stopProcessing) this.stopped.add('body');
      if (action.type === 'None') continue;
      out += body.slice(copied, index) + rule.value(this.state);
      copied = index + (groups[0]?.length ?? 0);
    }
    this.body = out + body.slice(copied);
  }

  /** The expanded value when the rule matches `value`; undefined when it does not. */
  private change(rule: CompiledOutboundRule, value: string): string | undefined {
    this.turnTo(rule);
    const match = rule.pattern.exec(value, this.state.budget);
    if ((match === null) !== rule.source.match.negate) {
      this.note(rule, 'not-matched');
      return undefined;
    }
    if (!this.conditions(rule, rule.source.match.negate ? noGroups : (match ?? noGroups))) return undefined;
    this.note(rule, 'applied', 1);
    return rule.value(this.state);
  }

  private conditions(rule: CompiledOutboundRule, groups: Groups): boolean {
    this.state.ruleGroups = groups;
    this.state.conditionGroups = noGroups;
    const steps: ConditionStep[] = [];
    if (rule.conditions.length === 0 || conditionsHold(rule, this.state, steps)) return true;
    this.note(rule, 'condition-failed');
    return false;
  }

  /** A rule may test many places; it is reported as applied if it applied to one of them. */
  private note(rule: CompiledOutboundRule, verdict: OutboundVerdict, changes = 0): void {
    const before = this.steps.get(rule.source);
    const applied = before?.verdict === 'applied' || verdict === 'applied';
    this.steps.set(rule.source, {
      rule: rule.source,
      scope: rule.scope,
      verdict: applied ? 'applied' : verdict,
      changes: (before?.changes ?? 0) + changes,
      note: undefined,
    });
  }
}
