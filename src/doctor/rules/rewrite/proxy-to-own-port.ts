import type { RewriteRule } from '../../../rewrite/index.js';
import { codeText } from '../../../source/index.js';
import { bare, commonUrls, placeOfRule, runningRules, takes } from '../../facts/rewrite-rules.js';
import type { FileFacts } from '../../types.js';
import { defineRule } from '../define-rule.js';
import { everythingFails } from '../symptoms.js';

const local = /^https?:\/\/(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?(?:\/|$)/i;

/** URLs of their own at a port that the app does not name may well be those of another program. */
function isForOther(facts: FileFacts, rule: RewriteRule, port: string): boolean {
  const named = new RegExp(`\\b${port}\\b`);
  return (
    port !== '' &&
    !facts.server.scripts.some((script) => named.test(codeText(script))) &&
    !commonUrls(facts).some((url) => takes(facts, rule, url))
  );
}

/** A rule of an iisnode app that passes requests on to a port of the same machine. */
export const proxyToOwnPort = defineRule({
  code: 'PROXY_TO_OWN_PORT',
  severity: 'warning',
  explains: everythingFails,
  title: 'A rule sends requests to a port of this machine, and iisnode runs the app',
  why: 'Without Application Request Routing IIS answers 404; with it, no program listens on the port, because iisnode gives the app a pipe.',
  help: `A target with http:// needs the Application Request Routing module with its proxy enabled, and a program that listens there. An app
that iisnode starts listens on the pipe in process.env.PORT, on no TCP port. Rewrite to the program that the handler names:
<action type="Rewrite" url="server.js" />. Leave the rule as it is only if another program on this machine listens on that port.`,
  check(facts) {
    if (!facts.site || facts.site.iisnodeHandlers.length === 0) return [];
    return runningRules(facts).flatMap((rule) => {
      if (rule.action.type !== 'Rewrite') return [];
      const { rewrite } = facts.query.journeyWith([{ ...bare(rule), match: undefined }], 'some/page') ?? {};
      if (rewrite?.kind !== 'proxy' || !local.test(rewrite.url)) return [];
      const { origin, port } = new URL(rewrite.url);
      const message = `Rule "${rule.name}" sends requests to ${origin}.`;
      const severity = isForOther(facts, rule, port) ? ('info' as const) : ('warning' as const);
      return [{ severity, message, fix: 'The entry point as target of the rule.', ...placeOfRule(facts, rule) }];
    });
  },
});
