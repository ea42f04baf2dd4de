import { findElement, removeAttributeEdit, type XmlElement } from '../../../xml/index.js';
import { leadsToNode, placeOfRule, runningRules } from '../../facts/rewrite-rules.js';
import { defineRule } from '../define-rule.js';
import { editWebConfig } from '../web-config-edits.js';

/** "Not a file, or not a folder" is true of everything. */
export const fileTestsMatchAny = defineRule<XmlElement>({
  code: 'FILE_TESTS_MATCH_ANY',
  severity: 'error',
  explains: ['PAGE_FAILED', 'PAGE_FILE_MISSING'],
  title: 'A rule tests for "not a file, or not a folder", which is always true',
  why: 'The conditions exclude nothing: style sheets, scripts and pictures are rewritten as well.',
  help: `With logicalGrouping="MatchAny" one true condition is enough. A path cannot be a file and a folder at once, so one of two negated
tests (matchType="IsFile" negate="true", matchType="IsDirectory" negate="true") is always true. Leave logicalGrouping out: all conditions
must be true then. --fix removes it where the rule has no other conditions.`,
  check(facts) {
    return runningRules(facts).flatMap((rule) => {
      const negated = rule.conditions.filter(({ negate }) => negate);
      const isTested = (input: string | undefined, type: string): boolean =>
        negated.some((each) => each.matchType === type && each.input?.toLowerCase() === input?.toLowerCase());
      // Two tests of two paths may both be false.
      const isAlways = negated.some(({ input }) => isTested(input, 'IsFile') && isTested(input, 'IsDirectory'));
      if (rule.logicalGrouping !== 'MatchAny' || !isAlways) return [];
      const element = facts.query.ownElement(rule.origin);
      const conditions = element && findElement(element, 'conditions');
      const isOnly = rule.conditions.every(({ matchType, negate }) => negate && matchType !== 'Pattern');
      return [
        {
          // node may serve the files itself.
          ...(leadsToNode(facts, rule) && { severity: 'warning' as const }),
          message: `Rule "${rule.name}" applies to files and folders too: "not a file" or "not a folder" is always true.`,
          fix: '<conditions logicalGrouping="MatchAll">',
          ...placeOfRule(facts, rule),
          ...(conditions && isOnly && { data: conditions }),
        },
      ];
    });
  },
  fix: (facts, { data }) =>
    data ? editWebConfig(facts, (doc) => removeAttributeEdit(doc, data, 'logicalGrouping')) : [],
});
