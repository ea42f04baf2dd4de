import { defineLiveRule, perhaps } from './define-live-rule.js';
import { corsFor, fromOrigin, isAllowed, isTwice } from './origin-facts.js';

/** No Access-Control-Allow-Origin for the page's origin (symptoms.md S62). */
export const corsRefused = defineLiveRule({
  code: 'LIVE_CORS_REFUSED',
  severity: 'error',
  title: 'Pages of the named origin may not read the answers of socket.io',
  why: 'The browser blocks them ("No \'Access-Control-Allow-Origin\' header is present"): clients that begin with polling do not connect.',
  help: `doctor URL --origin https://app.example.com sends the handshake as a page of that origin does, and judges the answer as a browser. socket.io 3
and newer sends Access-Control-Allow-Origin only with the option cors; cors() of Express does not reach its answers, since socket.io
answers before Express does. A WebSocket is not under these rules, so that transports: ['websocket'] in the client connects without them.`,
  check(facts) {
    const from = fromOrigin(facts);
    if (from === undefined || isTwice(from.handshake)) return [];
    const {
      handshake,
      facts: { origin },
    } = from;
    const seen = handshake.allowOrigin;
    return perhaps(
      isAllowed(handshake, origin)
        ? undefined
        : {
            message: `The handshake at ${handshake.url} from ${origin}: ${seen === undefined ? 'no Access-Control-Allow-Origin' : `Access-Control-Allow-Origin: ${seen}`}.`,
            fix: corsFor(origin),
          },
    );
  },
});
