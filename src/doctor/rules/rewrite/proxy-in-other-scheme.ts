import { activeListens } from '../../facts/active-listens.js';
import { isBehindProxy, sourcesAreReadable } from '../../facts/realtime.js';
import { placeOfRule } from '../../facts/rewrite-rules.js';
import { socketUrls } from '../../facts/socket-route.js';
import type { FileFacts } from '../../types.js';
import { defineRule } from '../define-rule.js';
import { everythingFails } from '../symptoms.js';

const ofTls = ['https', 'http2', 'spdy', 'tls', 'node:https', 'node:http2', 'node:tls'];

/** By which scheme the app answers, where its sources say it of all its servers. */
function schemeOf({ server }: FileFacts): 'http:' | 'https:' | undefined {
  const listens = activeListens({ server });
  if (!server.isWhole || listens.length === 0) return undefined;
  if (listens.every(({ isTls }) => isTls)) return 'https:';
  const mayBeTls =
    ofTls.some((name) => server.modules.has(name)) || server.scripts.some(({ habits }) => habits.tls.length > 0);
  return mayBeTls ? undefined : 'http:';
}

/** The proxy speaks http to a server of https, or https to one of http. */
export const proxyInOtherScheme = defineRule({
  code: 'PROXY_IN_OTHER_SCHEME',
  severity: 'error',
  explains: everythingFails,
  title: 'A rule passes requests on by another scheme than the app speaks',
  why: 'The proxy gets no answer that it understands: every request is answered with 502.3.',
  help: `The scheme in the target of a proxy rule is the one between IIS and node, not that of the browser: TLS ends at IIS, and node mostly
speaks plain http on its port. Write http://127.0.0.1:3000/{R:1} for http.createServer() and app.listen(), and https:// only where the app
itself has a certificate (https.createServer(options)).`,
  check(facts) {
    const [handshake] = socketUrls(facts);
    if (handshake === undefined || !isBehindProxy(facts) || !sourcesAreReadable(facts)) return [];
    const end = facts.query.journey(handshake);
    const rule = end?.applied.at(-1)?.rule;
    if (rule?.action.type !== 'Rewrite' || end?.rewrite.kind !== 'proxy' || !URL.canParse(end.rewrite.url)) return [];
    const { protocol, hostname } = new URL(end.rewrite.url);
    const scheme = schemeOf(facts);
    const isWritten = /^https?:/i.test(rule.action.url);
    if (scheme === undefined || protocol === scheme || !isWritten || !/^(localhost|127\..*|\[::1\])$/.test(hostname))
      return [];
    const right = rule.action.url.replace(/^https?:/i, scheme);
    return [
      {
        message: `Rule "${rule.name}" asks the app by ${protocol}//, and the app speaks ${scheme.slice(0, -1)} there.`,
        fix: `url="${right}"`,
        ...placeOfRule(facts, rule),
      },
    ];
  },
});
