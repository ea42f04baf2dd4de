import { patternShape, type RewriteCondition, type RewriteRule } from '../../../rewrite/index.js';
import { type Reference, referencesIn } from '../../facts/references.js';
import { placeOfRule, runningRules, shapeOf } from '../../facts/rewrite-rules.js';
import { expandedTexts } from '../../facts/rule-texts.js';
import { defineRule } from '../define-rule.js';
import { everythingFails } from '../symptoms.js';

/** The highest group of the rule's pattern; -1: not even {R:0}. undefined: unknown. */
function groupsOfRule(rule: RewriteRule): number | undefined {
  if (!rule.match) return 0;
  return rule.match.negate ? -1 : shapeOf(rule)?.groups;
}

/** A negated condition and a test for a file have no groups. */
function groupsOfCondition({ patternSyntax }: RewriteRule, condition: RewriteCondition): number {
  if (condition.negate || condition.matchType !== 'Pattern') return -1;
  return patternShape(condition.pattern ?? '', patternSyntax)?.groups ?? Number.POSITIVE_INFINITY;
}

/** The highest {C:n} after so many conditions: of the last one, unless trackAllCaptures adds them up. */
function groupsOfConditions(rule: RewriteRule, after: number): number {
  const groups = rule.conditions.slice(0, after).map((condition) => groupsOfCondition(rule, condition));
  // Which of them matched is unknown.
  if (rule.logicalGrouping === 'MatchAny') return Math.max(-1, ...groups);
  if (!rule.trackAllCaptures) return groups.at(-1) ?? -1;
  const matched = groups.filter((count) => count >= 0);
  return matched.length === 0 ? -1 : matched.reduce((sum, count) => sum + count, 0);
}

function whyEmpty(rule: RewriteRule, { name }: Reference, after: number): string {
  if (name === 'R') return rule.match?.negate ? 'its pattern is negated' : 'its pattern has fewer groups';
  if (after === 0) return 'there is no condition before it';
  const last = rule.conditions[after - 1];
  const isWithout = last !== undefined && groupsOfCondition(rule, last) < 0 && !rule.trackAllCaptures;
  return isWithout ? 'the last condition is negated or a test for a file' : 'the conditions have fewer groups';
}

/** References to groups that do not exist. */
function emptyReferences(rule: RewriteRule): { readonly reference: Reference; readonly after: number }[] {
  return expandedTexts(rule).flatMap(({ text, after }) =>
    referencesIn(text).flatMap((reference) => {
      const { name, argument = '' } = reference;
      if ((name !== 'R' && name !== 'C') || !/^\d{1,2}$/.test(argument)) return [];
      const groups = name === 'R' ? groupsOfRule(rule) : groupsOfConditions(rule, after);
      return groups !== undefined && Number(argument) > groups ? [{ reference, after }] : [];
    }),
  );
}

/** {R:n} and {C:n} of groups that there are not. */
export const backReferenceEmpty = defineRule({
  code: 'BACK_REFERENCE_EMPTY',
  severity: 'error',
  explains: everythingFails,
  title: 'A rewrite rule uses a captured text that does not exist',
  why: 'It is empty, so the rule leads to another URL than it should (or the request fails with 500.50).',
  help: `{R:1} is the first group in brackets of the rule's pattern, {R:0} all that it matched; a negated pattern has none. {C:1} is the
first group of the last condition that was evaluated: a negated condition, or one with matchType="IsFile" or "IsDirectory", has no
groups, so put conditions with groups last, or set trackAllCaptures="true" on <conditions> to number the groups of all of them. Add the
brackets: <match url="^old/(.*)$" /> with url="new/{R:1}".`,
  check(facts) {
    return runningRules(facts).flatMap((rule) => {
      const [first] = emptyReferences(rule);
      if (first === undefined) return [];
      const { reference, after } = first;
      const message = `${reference.text} in rule "${rule.name}" is always empty: ${whyEmpty(rule, reference, after)}.`;
      return [{ message, ...placeOfRule(facts, rule) }];
    });
  },
});
