import { placeOfRule, runningRules, upgradeForAll } from '../../facts/rewrite-rules.js';
import { defineRule } from '../define-rule.js';

/** Every request becomes an upgrade (httpplatformhandler.md 10: 502.3). */
export const proxySetsUpgrade = defineRule({
  code: 'PROXY_SETS_UPGRADE',
  severity: 'error',
  title: 'A rule makes an upgrade out of every request',
  why: 'The server behind the proxy refuses to upgrade ordinary requests: pages and polls are answered with 502.3.',
  help: `Application Request Routing passes the headers Upgrade and Connection of a WebSocket on by itself. A rule that sets HTTP_UPGRADE or
HTTP_CONNECTION does so for pages and polls, too. Remove the <set>, or give the rule a condition on {HTTP_UPGRADE}.`,
  check(facts) {
    return runningRules(facts).flatMap((rule) => {
      const set = upgradeForAll(rule);
      if (set === undefined) return [];
      const message = `Rule "${rule.name}" sets ${set.name} to ${set.value} for every request that it matches.`;
      return [{ message, fix: `remove <set name="${set.name}" />`, ...placeOfRule(facts, rule) }];
    });
  },
});
