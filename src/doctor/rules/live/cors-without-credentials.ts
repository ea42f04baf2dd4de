import { defineLiveRule, perhaps } from './define-live-rule.js';
import { corsFor, fromOrigin, isAllowed } from './origin-facts.js';

/** A page of another origin cannot send the cookie by which a client stays at its process (symptoms.md S29, S62). */
export const corsWithoutCredentials = defineLiveRule({
  code: 'LIVE_CORS_WITHOUT_CREDENTIALS',
  severity: 'warning',
  title: 'Pages of the named origin may not send cookies to socket.io',
  why: 'With withCredentials: true the browser blocks the answers; without it no cookie is sent, and polls reach a process that does not know the session.',
  help: `A browser sends cookies to another origin only for withCredentials: true in the client, and then takes an answer only with
Access-Control-Allow-Credentials: true and its own origin in Access-Control-Allow-Origin: "*" is not enough. Sticky sessions of iisnode and
affinity of ARR are a cookie, so they need both. On another site (not only another origin) the cookie needs SameSite=None and Secure as well:
Azure sends such a one (ARRAffinitySameSite), iisnode does not.`,
  check(facts) {
    const from = fromOrigin(facts);
    if (from === undefined || !isAllowed(from.handshake, from.facts.origin)) return [];
    const {
      handshake,
      facts: { origin },
    } = from;
    const allows = handshake.allowCredentials === 'true';
    if (allows && handshake.allowOrigin === origin) return [];
    const [cookie] = facts.probe.sockets?.session?.stickyCookies ?? [];
    const seen = `Access-Control-Allow-Origin: ${handshake.allowOrigin}${allows ? ', with Access-Control-Allow-Credentials: true' : ', and no Access-Control-Allow-Credentials'}`;
    const message = `The handshake at ${handshake.url} from ${origin}: ${seen}`;
    return perhaps(
      cookie !== undefined
        ? { message: `${message}; clients stay at one process by the cookie ${cookie}.`, fix: corsFor(origin) }
        : allows
          ? {
              message: `${message}: browsers refuse the two together.`,
              why: 'A client with withCredentials: true cannot connect.',
              fix: corsFor(origin),
            }
          : undefined,
    );
  },
});
