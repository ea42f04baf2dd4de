import type { RewriteRule } from '../../../rewrite/index.js';
import { upTo } from '../../../trimmed.js';
import { serverPaths } from '../../facts/realtime.js';
import { placeOfRule } from '../../facts/rewrite-rules.js';
import { socketUrls } from '../../facts/socket-route.js';
import type { FileFacts, RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';

const pathOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).pathname : undefined);

/** The server of the app, behind the proxy, has socket.io at another path than the one that it gets. */
function partOf(facts: FileFacts, rule: RewriteRule, handshake: string, target: string): RuleFinding[] {
  const paths = serverPaths(facts).map(({ path }) => path);
  const isThere = (path: string | undefined): boolean => path === undefined || target.startsWith(`${path}/`);
  const [path] = paths;
  if (path === undefined || paths.some(isThere)) return [];
  return [
    {
      message: `Rule "${rule.name}" passes /${upTo(handshake, '?')} on as ${target}, and the server has socket.io at ${path}/.`,
      why: 'The server behind the proxy answers 404, or with a page: no client can connect.',
      fix: `{R:0} in place of {R:1} in the target, so that the part before the group is passed on as well`,
      ...placeOfRule(facts, rule),
    },
  ];
}

/** A proxy target without a part of the URL that was asked for (httpplatformhandler.md 10). */
export const proxyLosesPath = defineRule({
  code: 'PROXY_LOSES_PATH',
  severity: 'error',
  title: "A rule passes socket.io's requests on without their path",
  why: 'The server behind the proxy gets one and the same path for every URL: socket.io, scripts and pages are all answered with the page.',
  help: `The target of a proxy rule needs the part of the URL that was matched: <match url="(.*)" /> with <action type="Rewrite"
url="http://127.0.0.1:3000/{R:1}" />. Without {R:1} (or {REQUEST_URI} behind the host), every request asks for the same path.`,
  check(facts) {
    const [handshake] = socketUrls(facts);
    if (handshake === undefined) return [];
    const sockets = facts.query.journey(handshake);
    const page = facts.query.journey('some/page');
    if (sockets?.rewrite.kind !== 'proxy') return [];
    const rule = sockets.applied.at(-1)?.rule;
    const target = pathOf(sockets.rewrite.url);
    if (rule === undefined || target === undefined) return [];
    if (page?.rewrite.kind !== 'proxy' || target !== pathOf(page.rewrite.url))
      return partOf(facts, rule, handshake, target);
    return [
      {
        message: `Rule "${rule.name}" passes /${upTo(handshake, '?')} and /some/page on as ${target}.`,
        fix: '<match url="(.*)" />, and {R:1} at the end of the target',
        ...placeOfRule(facts, rule),
      },
    ];
  },
});
