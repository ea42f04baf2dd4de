import { defineLiveRule, perhaps } from './define-live-rule.js';
import { corsFor, fromOrigin, isTwice } from './origin-facts.js';

/** IIS and node both send the header (symptoms.md S62). */
export const corsTwice = defineLiveRule({
  code: 'LIVE_CORS_TWICE',
  severity: 'error',
  title: 'The answers of socket.io have Access-Control-Allow-Origin twice',
  why: 'A browser refuses two values ("contains multiple values \'*, *\', but only one is allowed"), also where both are the same.',
  help: `customHeaders of IIS add the header to every answer, also to those of node that have it already; a proxy in front (add_header of nginx, the
CORS setting of Azure App Service) does the same. Keep it in one place, in the code: only there it can name the origin of the request. Seen
with doctor URL --origin https://app.example.com, as a browser on a page of that origin gets it.`,
  check(facts) {
    const from = fromOrigin(facts);
    return perhaps(
      from !== undefined && isTwice(from.handshake)
        ? {
            message: `The handshake at ${from.handshake.url} from ${from.facts.origin}: Access-Control-Allow-Origin: ${from.handshake.allowOrigin}.`,
            fix: corsFor(from.facts.origin),
          }
        : undefined,
    );
  },
});
