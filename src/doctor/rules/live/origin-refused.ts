import type { LiveFacts, RuleFinding } from '../../types.js';
import { defineLiveRule, hasWebSocket } from './define-live-rule.js';

/** The server itself refuses the origin, which is no matter of CORS headers. */
export const originRefused = defineLiveRule({
  code: 'LIVE_ORIGIN_REFUSED',
  severity: 'error',
  title: 'The server refuses clients of the named origin',
  why: 'No page of that origin connects, with the transport that is refused; pages of the site itself do.',
  help: `doctor URL --origin https://app.example.com sends the header Origin of a page there, with the handshake over polling and with a WebSocket. CORS
is a matter of browsers and does not hold for WebSockets; a server that looks at the header refuses by itself: allowRequest or a middleware of
socket.io 3 and newer, the option origins of socket.io 2 ("Error: origin not allowed"), verifyClient of ws, a proxy or a firewall for web
applications in front. Add the origin there.`,
  check: (facts) => [...ofPolling(facts), ...ofWebSocket(facts)],
});

const fix =
  'Add the origin where the server checks it: allowRequest, origins (socket.io 2), verifyClient, or a rule of the proxy.';

function ofPolling({ probe: { sockets } }: LiveFacts): readonly RuleFinding[] {
  const { origin, session } = sockets ?? {};
  const handshake = origin?.handshake;
  if (session === undefined || handshake === undefined || handshake.status === 200) return [];
  return [
    {
      message: `The handshake at ${handshake.url} from ${origin?.origin}: HTTP ${handshake.status}; from the site's own origin it is answered.`,
      fix,
    },
  ];
}

function ofWebSocket(facts: LiveFacts): readonly RuleFinding[] {
  const { origin } = facts.probe.sockets ?? {};
  if (origin === undefined || !hasWebSocket(facts)) return [];
  const { url, outcome } = origin.webSocket;
  if (outcome.kind === 'open') return [];
  const seen = outcome.kind === 'answered' ? `HTTP ${outcome.status} instead of 101` : outcome.error.message;
  return [
    {
      message: `A WebSocket at ${url} from ${origin.origin}: ${seen}; from the site's own origin it opens.`,
      fix,
    },
  ];
}
