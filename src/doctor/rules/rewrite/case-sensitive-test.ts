import { patternMatches, patternShape, type RewriteCondition, type RewriteRule } from '../../../rewrite/index.js';
import { attribute, findElements, removeAttributeEdit } from '../../../xml/index.js';
import { placeOfRule, runningRules } from '../../facts/rewrite-rules.js';
import { defineRule } from '../define-rule.js';
import { editWebConfig } from '../web-config-edits.js';

/** A pattern that takes a text in one spelling only, where clients or servers send the other. */
function missesOtherCase({ patternSyntax }: RewriteRule, condition: RewriteCondition): boolean {
  const { input = '', pattern = '', ignoreCase, matchType } = condition;
  if (ignoreCase || matchType !== 'Pattern') return false;
  const takes = (text: string): boolean => patternMatches(pattern, patternSyntax, text, false);
  if (/^\{HTTPS\}$/i.test(input)) return ['on', 'off'].some((value) => takes(value) !== takes(value.toUpperCase()));
  if (!/^\{(HTTP_HOST|SERVER_NAME)\}$/i.test(input)) return false;
  const samples = (patternShape(pattern, patternSyntax)?.samples ?? []).filter(takes);
  return samples.some((host) => /[A-Z]/.test(host) && !takes(host.toLowerCase()));
}

/** ignoreCase="false" where the case is not the client's choice. */
export const caseSensitiveTest = defineRule<{ readonly rule: RewriteRule; readonly condition: RewriteCondition }>({
  code: 'CASE_SENSITIVE_TEST',
  severity: 'warning',
  title: 'A condition compares letters that may be sent in the other case',
  why: 'The rule does not apply, or applies where it should not: browsers send host names in lower case, and servers differ in how they write {HTTPS}.',
  help: `Conditions ignore case unless they have ignoreCase="false". Browsers send the host in lower case, and {HTTPS} is "on" and "off" on some
servers and "ON" and "OFF" on others. Leave ignoreCase out. --fix removes it.`,
  check(facts) {
    return runningRules(facts).flatMap((rule) =>
      rule.conditions
        .filter((condition) => missesOtherCase(rule, condition))
        .map((condition) => ({
          message: `Rule "${rule.name}" compares ${condition.input} with "${condition.pattern}" in this case only.`,
          fix: 'Leave ignoreCase="false" out.',
          ...placeOfRule(facts, rule),
          data: { rule, condition },
        })),
    );
  },
  fix(facts, { data }) {
    const element = facts.query.ownElement(data?.rule.origin);
    const add =
      element &&
      findElements(element, 'conditions/add').find(
        (each) =>
          attribute(each, 'input') === data?.condition.input && attribute(each, 'pattern') === data?.condition.pattern,
      );
    return add ? editWebConfig(facts, (doc) => removeAttributeEdit(doc, add, 'ignoreCase')) : [];
  },
});
