import { placeOfRule, runningRules } from '../../facts/rewrite-rules.js';
import { defineRule } from '../define-rule.js';

/** A rule without an action that does not end the run either. */
export const rewriteRuleWithoutEffect = defineRule({
  code: 'REWRITE_RULE_WITHOUT_EFFECT',
  severity: 'info',
  title: 'A rewrite rule does nothing',
  why: 'It has no action, sets nothing and does not end the run: requests go on as if it were not there.',
  help: `A rule without <action>, or with type="None", is useful in two cases: with stopProcessing="true", which keeps the rules below from its
URLs, and with <serverVariables>. Add what is missing, or delete the rule.`,
  check(facts) {
    return runningRules(facts)
      .filter((rule) => rule.action.type === 'None' && !rule.stopProcessing && rule.serverVariables.length === 0)
      .map((rule) => ({
        message: `Rule "${rule.name}" has no action and no stopProcessing.`,
        ...placeOfRule(facts, rule),
      }));
  },
});
