import {
  type CompiledRewrite,
  type RewriteEventName,
  type RewriteResult,
  type RuleStep,
  rewriteEvents,
} from '../../rewrite/index.js';
import { type Step, stepAt } from '../step.js';

/** A run of rewrite rules, a step for each rule. `start`: the URL at its start, or the run before. */
export function rewriteSteps(
  stage: 'global-rewrite' | 'rewrite',
  compiled: CompiledRewrite,
  start: Parameters<typeof rewriteEvents>[0],
  result: RewriteResult,
): readonly Step[] {
  const problems = new Map(compiled.problems.map(({ rule, detail }) => [rule, detail]));
  const events = new Map<string, RewriteEventName[]>();
  for (const { rule = '', event } of rewriteEvents(start, result)) {
    const own = events.get(rule);
    if (own === undefined) events.set(rule, [event]);
    else own.push(event);
  }
  return result.steps.map((step) =>
    stepAt(stage, ruleStep(step, problems.get(step.rule), events.get(step.rule.name) ?? []), step.rule.origin),
  );
}

function ruleStep(
  step: RuleStep,
  problem: string | undefined,
  events: readonly RewriteEventName[],
): Omit<Step, 'stage' | 'file' | 'line'> {
  const { rule, verdict } = step;
  const note = noteOf(step, problem);
  return {
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
    ...(note !== '' && { note }),
  };
}

function noteOf(step: RuleStep, problem: string | undefined): string {
  const { rule, verdict } = step;
  const why = rule.match?.negate && verdict === 'not-matched' ? 'the negated pattern matches' : words[verdict];
  const detail = problem ?? step.note ?? '';
  const sets = (step.variables ?? []).map(({ name, value }) => `sets ${name} to ${JSON.stringify(value)}`);
  // A match that reached its limit is not a mismatch.
  const parts = verdict === 'not-matched' && detail !== '' ? [detail] : [why, detail, ...sets];
  return parts.filter((text) => text !== '').join(': ');
}

const words = {
  applied: '',
  'not-matched': 'the pattern does not match',
  'condition-failed': 'a condition fails',
  'skipped-disabled': 'the rule is disabled',
  'skipped-after-stop': 'not reached',
  'skipped-out-of-scope': 'out of scope',
} as const;
