import { applyRule, errorOutcome } from './actions.js';
import type { CompiledRule, CompiledRules } from './compile.js';
import { conditionsHold } from './conditions.js';
import { type Groups, PatternTooComplex } from './pattern.js';
import { noGroups, RewriteState } from './state.js';
import { StepLog, stepOf } from './step-log.js';
import type {
  CompiledRewrite,
  ConditionStep,
  RewriteOptions,
  RewriteOutcome,
  RewriteRequest,
  RewriteResult,
  RewriteScope,
  RewriteSite,
  RuleStep,
} from './types.js';
import { globalStopEndsDistributed, wholeOfMissingMatch, wholeOfNegatedMatch } from './unconfirmed.js';

/**
 * Runs the global rules, then the distributed ones, once, top to bottom. Pure except for calls to `site`.
 * Returns the result for the request and a step for every rule. Never throws for a configuration.
 */
export function rewrite(
  request: RewriteRequest,
  compiled: CompiledRewrite,
  site: RewriteSite,
  options: RewriteOptions = {},
): RewriteResult {
  const state = new RewriteState(request, site);
  if (options.after !== undefined) state.continueFrom(options.after);
  const run = new Run(state);
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
  outcome: RewriteOutcome | undefined;
  private readonly log = new StepLog();
  /** The input of the last path and base path: most rules share one. */
  private inputPath: string | undefined;
  private inputBase = '';
  private input: string | undefined;

  constructor(readonly state: RewriteState) {}

  /** True when a rule stopped the run. */
  rules(rules: readonly CompiledRule[], compiled: CompiledRules, scope: RewriteScope): boolean {
    const { problems } = compiled;
    const problem = problems.length === 0 ? undefined : problems.find(({ rule }) => rule.scope === scope);
    if (problem !== undefined) {
      const { rule, message } = problem;
      this.outcome = { kind: 'error', status: 500, subStatus: scope === 'Global' ? 51 : 50, message, rule };
      this.skip(rules, 0, 'the rules of this scope could not be read');
      return true;
    }
    if (rules.length === 0) return false;
    this.log.begin(rules);
    let index = 0;
    try {
      while (index < rules.length && !this.rule(rules[index] as CompiledRule, compiled.allowed)) index++;
    } catch (cause) {
      if (!(cause instanceof PatternTooComplex)) throw cause;
      this.tooComplex(rules[index] as CompiledRule, cause.message);
    }
    if (index === rules.length) return false;
    this.skip(rules, index + 1);
    return true;
  }

  private tooComplex(rule: CompiledRule, message: string): void {
    this.outcome = errorOutcome(rule, message);
    this.log.add({ ...stepOf(rule.source, 'not-matched', this.inputFor(rule.source.basePath)), note: message });
  }

  /** A step for each rule, starting at `from`, that is not reached. */
  skip(rules: readonly CompiledRule[], from: number, note?: string): void {
    if (from === 0) this.log.begin(rules);
    this.log.skipRest(note);
  }

  result(): RewriteResult {
    const { state, log } = this;
    const rewritten: RewriteOutcome =
      state.originalUrl === undefined
        ? { kind: 'pass' }
        : { kind: 'rewrite', originalUrl: state.headers?.['x-original-url'] ?? '' };
    return new Result(this.outcome ?? rewritten, state, log);
  }

  /** True when the run ends with this rule. Throws PatternTooComplex. */
  private rule(rule: CompiledRule, allowed: ReadonlySet<string>): boolean {
    const { source } = rule;
    if (rule.disabled) {
      this.log.add(stepOf(source, 'skipped-disabled'));
      return false;
    }
    const input = this.inputFor(source.basePath);
    if (input === undefined) {
      this.log.add({
        ...stepOf(source, 'skipped-out-of-scope'),
        note: `the URL is no longer below ${source.basePath}, the level of this rule`,
      });
      return false;
    }
    const { pattern } = rule;
    const match = pattern === undefined ? [wholeOfMissingMatch(input)] : pattern.exec(input);
    if ((match === null) !== rule.negate) {
      this.log.addMiss(input);
      return false;
    }
    return this.matched(rule, input, match, allowed);
  }

  private matched(rule: CompiledRule, input: string, match: Groups | null, allowed: ReadonlySet<string>): boolean {
    const { source } = rule;
    const { state } = this;
    state.ruleGroups = match ?? [wholeOfNegatedMatch(source.patternSyntax, input)];
    state.conditionGroups = noGroups;
    const conditions: ConditionStep[] = [];
    const captures: string[] = [];
    for (const group of state.ruleGroups) captures.push(group ?? '');
    if (rule.conditions.length > 0 && !conditionsHold(rule, state, conditions)) {
      const verdict = 'condition-failed';
      this.log.add({ rule: source, verdict, input, captures, conditions, result: undefined, note: undefined });
      return false;
    }
    const { outcome, result, note, variables } = applyRule(rule, state, allowed);
    const step: RuleStep = { rule: source, verdict: 'applied', input, captures, conditions, result, note };
    this.log.add(variables === undefined ? step : { ...step, variables });
    this.outcome = outcome;
    return outcome !== undefined || source.stopProcessing;
  }

  /** The path relative to the rule's level, undefined outside of it. */
  private inputFor(basePath: string): string | undefined {
    const { path } = this.state;
    if (this.inputPath === path && this.inputBase === basePath) return this.input;
    this.inputPath = path;
    this.inputBase = basePath;
    this.input = relativePath(path, basePath);
    return this.input;
  }
}

/** A finished run. Steps are created when they are read: the host does not read them. */
class Result implements RewriteResult {
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly originalUrl: string | undefined;
  private made: readonly RuleStep[] | undefined;

  constructor(
    readonly outcome: RewriteOutcome,
    private readonly state: RewriteState,
    private readonly log: StepLog,
  ) {
    this.path = state.path;
    this.query = state.query;
    this.headers = state.headers ?? {};
    this.originalUrl = state.originalUrl;
  }

  get variables(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.state.variables ?? []);
  }

  get steps(): readonly RuleStep[] {
    this.made ??= this.log.steps();
    return this.made;
  }
}

/** The input of `match url`; undefined when `path` is not below `basePath` ('' or '/dante', case ignored). */
export function relativePath(path: string, basePath: string): string | undefined {
  if (basePath === '' || basePath === '/') return path.slice(1);
  const { length } = basePath;
  if (path.length > length && path.charAt(length) !== '/') return undefined;
  const start = path.slice(0, length);
  if (start !== basePath && start.toLowerCase() !== basePath.toLowerCase()) return undefined;
  return path.slice(length + 1);
}
