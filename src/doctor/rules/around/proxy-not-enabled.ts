import { bare, placeOfRule, runningRules } from '../../facts/rewrite-rules.js';
import { defineRule } from '../define-rule.js';
import { everythingFails } from '../symptoms.js';

/** url-rewrite.md RW35, symptoms.md S58: ARR's proxy is off when it is installed. */
export const proxyNotEnabled = defineRule({
  code: 'PROXY_NOT_ENABLED',
  severity: 'error',
  explains: everythingFails,
  title: 'A rule needs the reverse proxy, and it is off',
  why: 'Without the proxy of Application Request Routing IIS looks for the URL in its own folders: 404 for each request that the rule takes.',
  help: `A target with http:// makes IIS a reverse proxy, with Application Request Routing installed and its proxy switched on, once for the server:
appcmd set config -section:system.webServer/proxy /enabled:true /commit:apphost. It is off when it is installed. The doctor sees that with
--apphost FILE.`,
  check(facts) {
    const { iis, query } = facts;
    if (iis === undefined || iis.proxy?.enabled) return [];
    return runningRules(facts).flatMap((rule) => {
      if (rule.action.type !== 'Rewrite') return [];
      const { rewrite } = query.journeyWith([{ ...bare(rule), match: undefined }], 'some/page') ?? {};
      if (rewrite?.kind !== 'proxy') return [];
      const why =
        iis.proxy === undefined
          ? `has no system.webServer/proxy`
          : `has its proxy switched off (line ${iis.proxy.place.line})`;
      return [
        {
          message: `Rule "${rule.name}" sends requests to ${rewrite.url}, and ${iis.file} ${why}.`,
          fix:
            iis.proxy === undefined
              ? 'Install Application Request Routing and enable its proxy.'
              : 'appcmd set config -section:system.webServer/proxy /enabled:true /commit:apphost',
          ...placeOfRule(facts, rule),
        },
      ];
    });
  },
});
