import type { CompiledCondition } from './compile.js';
import { maxBackReferences } from './expansion.js';
import type { Groups } from './pattern.js';
import { noGroups, type RewriteState } from './state.js';
import type { ConditionStep } from './types.js';
import { fileTestsWipeCaptures } from './unconfirmed.js';

/** An object with conditions: a rule, or a preCondition. */
export interface Conditional {
  readonly conditions: readonly CompiledCondition[];
  readonly source: { readonly logicalGrouping: 'MatchAll' | 'MatchAny'; readonly trackAllCaptures: boolean };
}

/**
 * Evaluates a rule's conditions in order, stopping at the first that decides. Sets the state's {C:n}, adds a step
 * for each one evaluated. Throws PatternTooComplex.
 */
export function conditionsHold(rule: Conditional, state: RewriteState, steps: ConditionStep[]): boolean {
  const { conditions, source } = rule;
  const any = source.logicalGrouping === 'MatchAny';
  state.conditionGroups = noGroups;
  for (const condition of conditions) {
    const { matched, groups } = evaluate(condition, state, steps);
    if (matched) keepGroups(state, groups, source.trackAllCaptures);
    if (matched === any) return any;
  }
  return !any || conditions.length === 0;
}

function evaluate(
  condition: CompiledCondition,
  state: RewriteState,
  steps: ConditionStep[],
): { matched: boolean; groups: Groups | undefined } {
  const { source, pattern } = condition;
  const expanded = inputOf(condition, state);
  let groups: Groups | undefined;
  let found: boolean;
  if (source.matchType === 'IsFile') found = state.site.isFile(expanded);
  else if (source.matchType === 'IsDirectory') found = state.site.isDirectory(expanded);
  else {
    const match = pattern?.exec(expanded, state.budget) ?? null;
    found = match !== null;
    if (match !== null && !source.negate) groups = match;
  }
  const matched = found !== source.negate;
  steps.push({
    input: source.input ?? '',
    expanded,
    matchType: source.matchType,
    pattern: source.matchType === 'Pattern' ? source.pattern : undefined,
    negate: source.negate,
    matched,
  });
  return {
    matched,
    groups: groups ?? (source.matchType !== 'Pattern' && !fileTestsWipeCaptures ? undefined : noGroups),
  };
}

/** A file test without input tests the physical path of the current request (configuration reference). */
function inputOf(condition: CompiledCondition, state: RewriteState): string {
  if (condition.input !== undefined) return condition.input(state);
  return condition.source.matchType === 'Pattern' ? '' : state.filename;
}

/**
 * {C:n} refers to the last matched condition; with trackAllCaptures the groups 1.. of all matched conditions are numbered
 * consecutively after {C:0} of the first (URL Rewrite 2.0 configuration reference).
 */
function keepGroups(state: RewriteState, groups: Groups | undefined, track: boolean): void {
  if (groups === undefined) return;
  if (!track) state.conditionGroups = groups;
  else if (groups.length > 0) {
    const before = state.conditionGroups;
    if (before.length === 0) state.conditionGroups = groups;
    // There are no references to more groups.
    else if (before.length <= maxBackReferences) state.conditionGroups = [...before, ...groups.slice(1)];
  }
}
