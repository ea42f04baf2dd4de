import { defineLiveRule, perhaps } from './define-live-rule.js';
import { fromOrigin, isAllowed } from './origin-facts.js';

/** OPTIONS is answered by something else than socket.io. */
export const corsPreflight = defineLiveRule({
  code: 'LIVE_CORS_PREFLIGHT',
  severity: 'warning',
  title: 'The question that a browser sends before a request (OPTIONS) is not answered for the named origin',
  why: 'Clients with headers of their own (extraHeaders, a token) do not connect over polling; those without them do.',
  help: `For a request with headers of its own a browser first asks with OPTIONS whether it may. socket.io answers that with 204 where it has the
option cors; version 2 does so only with handlePreflightRequest. Otherwise something else answers: OPTIONSVerbHandler or WebDAV of IIS, a handler of node whose verb has no OPTIONS, a rule for
GET and POST alone, or a redirect, which is not allowed there. Let the handler of node take verb="*" and the rule every method.`,
  check(facts) {
    const from = fromOrigin(facts);
    if (from === undefined || !isAllowed(from.handshake, from.facts.origin)) return [];
    const { origin, preflight } = from.facts;
    const isAnswered =
      preflight !== undefined && preflight.status >= 200 && preflight.status < 300 && isAllowed(preflight, origin);
    const seen =
      preflight === undefined
        ? 'no answer'
        : `HTTP ${preflight.status}, ${preflight.allowOrigin === undefined ? 'no Access-Control-Allow-Origin' : `Access-Control-Allow-Origin: ${preflight.allowOrigin}`}`;
    return perhaps(
      isAnswered
        ? undefined
        : {
            message: `OPTIONS at ${from.handshake.url} from ${origin}: ${seen}.`,
            fix: 'verb="*" for the handler of node; then socket.io answers it.',
          },
    );
  },
});
