import type { RewriteRule } from '../../../rewrite/index.js';
import { placeOfRule, runningRules, upgradeForAll } from '../../facts/rewrite-rules.js';
import { defineRule } from '../define-rule.js';
import { variableIsRefused } from '../symptoms.js';

/** Corrects a header of upgrades only, which fail without it as well: init writes it, with a comment that says so. */
const isForUpgrades = ({ conditions, serverVariables }: RewriteRule): boolean =>
  conditions.some(({ input, negate }) => !negate && /^\{HTTP_UPGRADE\}$/i.test(input ?? '')) &&
  serverVariables.every(({ name }) => /^HTTP_CONNECTION$/i.test(name));

/** Rules that set variables which a server has to allow. */
export const serverVariableNotAllowed = defineRule({
  code: 'SERVER_VARIABLE_NOT_ALLOWED',
  severity: 'warning',
  explains: variableIsRefused,
  title: 'A rule sets a server variable that the server must allow',
  why: 'Where applicationHost.config does not list the variable, each request that the rule applies to is answered with 500.50.',
  help: `A rule in web.config may set only server variables and request headers that the administrator has listed in
system.webServer/rewrite/allowedServerVariables of applicationHost.config; web.config cannot add to the list, which is locked.
deploy adds the names. By hand: appcmd set config -section:system.webServer/rewrite/allowedServerVariables
/+"[name='HTTP_X_FORWARDED_PROTO']" /commit:apphost. The doctor sees the list of your server in a copy of its
applicationHost.config: --apphost FILE; without it this is a warning.`,
  check(facts) {
    const allowed = new Set(facts.site?.rewrite?.allowedServerVariables.map((name) => name.toUpperCase()) ?? []);
    return runningRules(facts).flatMap((rule) => {
      const names = rule.serverVariables.map(({ name }) => name).filter((name) => !allowed.has(name.toUpperCase()));
      const [first] = names;
      // PROXY_SETS_UPGRADE reports what should not be set at all.
      if (first === undefined || upgradeForAll(rule)) return [];
      const { iis } = facts;
      // Without the server's list its absence proves nothing: init writes that rule, and deploy allows the variable.
      if (iis === undefined && isForUpgrades(rule)) return [];
      const known = {
        severity: 'error' as const,
        message: `Rule "${rule.name}" sets ${names.join(', ')}, which ${iis?.file} does not allow.`,
        why: 'Each request that the rule applies to is answered with 500.50.',
      };
      return [
        {
          message: `Rule "${rule.name}" sets ${names.join(', ')}: 500.50 on a server that does not allow it (--apphost FILE tells).`,
          ...(iis !== undefined && known),
          fix: `appcmd set config -section:system.webServer/rewrite/allowedServerVariables /+"[name='${first}']" /commit:apphost`,
          ...placeOfRule(facts, rule),
        },
      ];
    });
  },
});
