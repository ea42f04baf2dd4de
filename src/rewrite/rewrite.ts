import { applyRule, errorOutcome } from './actions.js';
import type { CompiledRule, CompiledRules } from './compile.js';
import { conditionsHold } from './conditions.js';
import { PatternTooComplex } from './pattern.js';
import { noGroups, RewriteState } from './state.js';
import type {
  CompiledRewrite,
  ConditionStep,
  RewriteOptions,
  RewriteOutcome,
  RewriteRequest,
  RewriteResult,
  RewriteSite,
  RuleStep,
  RuleVerdict,
} from './types.js';
import { globalStopEndsDistributed, wholeOfMissingMatch, wholeOfNegatedMatch } from './unconfirmed.js';

const none: readonly never[] = [];

/**
 * Run the global rules, then the distributed ones, once, top to bottom. Pure but for the questions to `site`.
 * Returns what became of the request and a step for every rule. Never throws for a configuration.
 */
export function rewrite(
  request: RewriteRequest,
  compiled: CompiledRewrite,
  site: RewriteSite,
  options: RewriteOptions = {},
): RewriteResult {
  const run = new Run(new RewriteState(request, site));
  const rules = compiled as CompiledRules;
  const stopped = run.rules(rules.globalRules, rules, 'Global');
  let distributed: CompiledRules | undefined = rules;
  if (run.outcome === undefined && options.distributed !== undefined) {
    distributed = options.distributed(run.state.path, run.state.query) as CompiledRules | undefined;
  }
  if (distributed === undefined) return run.result();
  if (run.outcome !== undefined || (stopped && globalStopEndsDistributed)) run.skip(distributed.rules, 0);
  else run.rules(distributed.rules, distributed, 'Distributed');
  return run.result();
}

class Run {
  readonly steps: RuleStep[] = [];
  outcome: RewriteOutcome | undefined;
  /** The input of the last base path: most rules share one. */
  private base: string | undefined;
  private basePath = '';
  private input: string | undefined = '';

  constructor(readonly state: RewriteState) {}

  /** True when a rule stopped the run. */
  rules(rules: readonly CompiledRule[], compiled: CompiledRules, scope: 'Global' | 'Distributed'): boolean {
    const problem = compiled.problems.find(({ rule }) => rule.scope === scope);
    if (problem !== undefined) {
      const { rule, message } = problem;
      this.outcome = { kind: 'error', status: 500, subStatus: scope === 'Global' ? 51 : 50, message, rule };
      this.skip(rules, 0, 'the rules of this scope could not be read');
      return true;
    }
    for (let index = 0; index < rules.length; index++) {
      const rule = rules[index] as CompiledRule;
      if (!this.rule(rule, compiled.allowed)) continue;
      this.skip(rules, index + 1);
      return true;
    }
    return false;
  }

  /** A step for each rule from `from` on that is not reached. */
  skip(rules: readonly CompiledRule[], from: number, note?: string): void {
    for (const { source, disabled } of rules.slice(from)) {
      this.step(source, disabled ? 'skipped-disabled' : 'skipped-after-stop', undefined, none, none, undefined, note);
    }
  }

  result(): RewriteResult {
    const { state, outcome } = this;
    const rewritten: RewriteOutcome =
      state.originalUrl === undefined
        ? { kind: 'pass' }
        : { kind: 'rewrite', originalUrl: state.headers?.['x-original-url'] ?? '' };
    return {
      outcome: outcome ?? rewritten,
      path: state.path,
      query: state.query,
      headers: state.headers ?? {},
      variables: state.variables === undefined ? {} : Object.fromEntries(state.variables),
      steps: this.steps,
    };
  }

  /** True when the run ends with this rule. */
  private rule(rule: CompiledRule, allowed: ReadonlySet<string>): boolean {
    const { source } = rule;
    if (rule.disabled) {
      this.step(source, 'skipped-disabled', undefined, none, none, undefined, undefined);
      return false;
    }
    const input = this.inputFor(source.basePath);
    if (input === undefined) {
      const note = `the URL left ${source.basePath}, where this rule lives`;
      this.step(source, 'skipped-out-of-scope', undefined, none, none, undefined, note);
      return false;
    }
    try {
      return this.evaluate(rule, input, allowed);
    } catch (cause) {
      if (!(cause instanceof PatternTooComplex)) throw cause;
      this.outcome = errorOutcome(rule, cause.message);
      this.step(source, 'not-matched', input, none, none, undefined, cause.message);
      return true;
    }
  }

  private evaluate(rule: CompiledRule, input: string, allowed: ReadonlySet<string>): boolean {
    const { source, pattern } = rule;
    const { state } = this;
    const match = pattern === undefined ? [wholeOfMissingMatch(input)] : pattern.exec(input);
    if ((match === null) !== rule.negate) {
      this.step(source, 'not-matched', input, none, none, undefined, undefined);
      return false;
    }
    state.ruleGroups = match ?? [wholeOfNegatedMatch(source.patternSyntax, input)];
    state.conditionGroups = noGroups;
    const conditions: ConditionStep[] = [];
    const captures = Array.from(state.ruleGroups, (group) => group ?? '');
    if (rule.conditions.length > 0 && !conditionsHold(rule, state, conditions)) {
      this.step(source, 'condition-failed', input, captures, conditions, undefined, undefined);
      return false;
    }
    const effect = applyRule(rule, state, allowed);
    this.step(source, 'applied', input, captures, conditions, effect.result, effect.note);
    this.outcome = effect.outcome;
    return effect.outcome !== undefined || source.stopProcessing;
  }

  /** The path relative to the rule's level, undefined outside of it. `/dante` counts as `/dante/`. */
  private inputFor(basePath: string): string | undefined {
    if (this.base === this.state.path && this.basePath === basePath) return this.input;
    const { path } = this.state;
    this.base = path;
    this.basePath = basePath;
    this.input = relativePath(path, basePath);
    return this.input;
  }

  private step(
    rule: RuleStep['rule'],
    verdict: RuleVerdict,
    input: string | undefined,
    captures: readonly string[],
    conditions: readonly ConditionStep[],
    result: string | undefined,
    note: string | undefined,
  ): void {
    this.steps.push({ rule, verdict, input, captures, conditions, result, note });
  }
}

/** What `match url` is tested against; undefined when `path` is not below `basePath` ('' or '/dante', case ignored). */
export function relativePath(path: string, basePath: string): string | undefined {
  if (basePath === '' || basePath === '/') return path.slice(1);
  const { length } = basePath;
  if (path.length > length && path.charAt(length) !== '/') return undefined;
  const start = path.slice(0, length);
  if (start !== basePath && start.toLowerCase() !== basePath.toLowerCase()) return undefined;
  return path.slice(length + 1);
}
