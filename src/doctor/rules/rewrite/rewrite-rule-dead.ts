import type { RewriteRule } from '../../../rewrite/index.js';
import {
  endsRun,
  leadsToNode,
  placeOfRule,
  runningRules,
  takesEverything,
  urlsFor,
} from '../../facts/rewrite-rules.js';
import { socketRoute } from '../../facts/socket-route.js';
import type { FileFacts, RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';

/** Is the rule never reached, whatever it is asked? Its own pattern says for which URLs it was written. */
function isNeverReached(facts: FileFacts, rule: RewriteRule): boolean {
  const journeys = urlsFor(facts, rule).map((url) => facts.query.journey(url, { followed: false }));
  return journeys.every(
    (journey) => journey?.rules.find((step) => step.rule === rule)?.verdict === 'skipped-after-stop',
  );
}

/** Would the URLs that it was written for end elsewhere if it came first? */
function changesSomething(facts: FileFacts, rule: RewriteRule, stopper: RewriteRule): boolean {
  return urlsFor(facts, rule).some((url) => {
    const first = facts.query.journeyWith([rule, stopper], url, { followed: false });
    const now = facts.query.journeyWith([stopper], url, { followed: false });
    return first?.path !== now?.path || first?.outcome.kind !== now?.outcome.kind;
  });
}

/** node may answer what a rule for files would; a redirect that never happens is an error. */
function severityOf(facts: FileFacts, rule: RewriteRule, stopper: RewriteRule): Pick<RuleFinding, 'severity'> {
  if (!changesSomething(facts, rule, stopper)) return { severity: 'info' };
  return rule.action.type === 'Rewrite' && leadsToNode(facts, stopper) ? { severity: 'warning' } : {};
}

/** A rule below one that takes every URL and ends the run. */
export const rewriteRuleDead = defineRule({
  code: 'REWRITE_RULE_DEAD',
  severity: 'error',
  title: 'A rewrite rule is never reached',
  why: 'A rule above it takes every URL and ends the run, so this one does nothing.',
  help: `Rules run once, top to bottom. After a rule that matches every URL and has stopProcessing="true", or whose action is Redirect,
CustomResponse or AbortRequest, no further rule runs. Move rules for some URLs above the rule for all URLs, or give that rule conditions
(matchType="IsFile" negate="true" leaves files to IIS). A rule that would change nothing where it is now is reported as information:
delete it.`,
  check(facts) {
    const rules = runningRules(facts);
    const index = rules.findIndex((rule) => endsRun(rule) && takesEverything(facts, rule));
    const stopper = rules[index];
    if (stopper === undefined) return [];
    const route = socketRoute(facts);
    // SOCKET_REWRITE_SWALLOWED reports the rule for socket.io.
    const reported = route.kind === 'swallowed' ? route.rule : undefined;
    return rules
      .slice(index + 1)
      .filter((rule) => rule !== reported && isNeverReached(facts, rule))
      .map((rule) => ({
        ...severityOf(facts, rule, stopper),
        message: `Rule "${rule.name}" is never reached: rule "${stopper.name}" above it takes every URL and ends the run.`,
        fix: `Move it above rule "${stopper.name}".`,
        ...placeOfRule(facts, rule),
      }));
  },
});
