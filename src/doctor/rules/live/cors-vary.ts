import { defineLiveRule, perhaps } from './define-live-rule.js';
import { fromOrigin, isAllowed } from './origin-facts.js';

/** A cache may give the answer for one origin to another. */
export const corsVary = defineLiveRule({
  code: 'LIVE_CORS_VARY',
  severity: 'info',
  title: 'Access-Control-Allow-Origin names the origin, and Vary does not',
  why: 'A cache between browser and server may give an answer for one origin to a page of another, which then blocks it.',
  help: `An answer that names the origin of its request must have Vary: Origin, so that caches keep one for each. socket.io's option cors sends it; a
header that is written by hand, in IIS or in the code, often does not. Polls themselves are not cached; what is served beside them with the
same headers (the client script) is.`,
  check(facts) {
    const from = fromOrigin(facts);
    if (from === undefined) return [];
    const {
      handshake,
      facts: { origin },
    } = from;
    const isNamed = handshake.allowOrigin !== '*' && isAllowed(handshake, origin);
    const varies = /(?:^|,)\s*(?:origin|\*)\s*(?:,|$)/i.test(handshake.vary ?? '');
    return perhaps(
      isNamed && !varies
        ? {
            message: `The handshake at ${handshake.url} from ${origin}: Access-Control-Allow-Origin: ${origin}, Vary: ${handshake.vary ?? 'none'}.`,
          }
        : undefined,
    );
  },
});
