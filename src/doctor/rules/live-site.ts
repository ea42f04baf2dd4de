import type { ProbeStep } from '../../probe/index.js';
import type { LiveFacts, LiveRule, RuleFinding } from '../types.js';

const help = (what: string): string =>
  `The doctor sends the requests of a browser to the live app, in the same order: the page, socket.io's client script, the handshake, polls of
one session, the WebSocket. For an app without socket.io, whose page opens plain WebSockets, it tests the page and one WebSocket. ${what}
Run the doctor in the app's folder as well: there it sees the cause, not only the effect, and can fix it.`;

/** Adds the status where the text does not have it. */
const seenOf = ({ status, seen }: ProbeStep): string =>
  status === undefined || seen.includes(`HTTP ${status}`) ? seen : `${status}, ${seen}`;

function failures({ probe }: LiveFacts, id: ProbeStep['id']): RuleFinding[] {
  return probe.steps
    .filter((step) => step.id === id && !step.ok)
    .map((step) => ({
      message: `${step.title} at ${step.url}: ${seenOf(step)}.`,
      ...(step.why !== undefined && { why: `${step.why}.` }),
      ...(step.next !== undefined && { fix: step.next }),
    }));
}

function liveRule(
  id: ProbeStep['id'],
  rule: Pick<LiveRule, 'code' | 'title' | 'why'> & { readonly what: string },
): LiveRule {
  const { code, title, why, what } = rule;
  return {
    code,
    scope: 'live',
    severity: 'error',
    title,
    why,
    help: help(what),
    check: (facts) => failures(facts, id),
  };
}

/** One rule for each step of the probe. */
export const liveRules: readonly LiveRule[] = [
  liveRule('page', {
    code: 'LIVE_PAGE_FAILS',
    title: 'The page does not answer as it should',
    why: 'Visitors see an error instead of the app.',
    what: 'The page comes first: if it gets no answer, or an error of IIS or iisnode, the other requests are not sent.',
  }),
  liveRule('client-script', {
    code: 'LIVE_CLIENT_SCRIPT_FAILS',
    title: "socket.io's client script does not arrive",
    why: 'Without it the page says "io is not defined".',
    what: "socket.io/socket.io.js is served by socket.io itself, so its absence means that no rule sends socket.io's URLs to node, or that the path differs.",
  }),
  liveRule('handshake', {
    code: 'LIVE_HANDSHAKE_FAILS',
    title: 'The handshake fails',
    why: 'No client gets a session, with any transport.',
    what: 'An app that allows only the websocket transport may refuse polling; that is not an error.',
  }),
  liveRule('polls', {
    code: 'LIVE_SESSION_LOST',
    title: 'Polls of one session reach processes that do not know it',
    why: 'Clients on polling get 400 "Session ID unknown" and reconnect forever.',
    what: 'The doctor makes one handshake, then ten polls with its session and its cookies: the server must know the session each time. Several node processes without sticky sessions, or several machines without affinity, fail for some of them. Sticky sessions and affinity are a cookie (iisnode.session.cookie, ARRAffinity) that the client must send back: the doctor does, browsers do on pages of the same origin, socket.io-client 4.7 and later in node does only with withCredentials: true, in version 2 you must set the Cookie header yourself. An app that allows only the websocket transport is not tested.',
  }),
  liveRule('websocket', {
    code: 'LIVE_WEBSOCKET_FAILS',
    title: 'The WebSocket does not open',
    why: 'Clients of socket.io stay on polling; where polling is not allowed, and without socket.io, no client can connect.',
    what: 'On IIS the usual cause is a missing <webSocket enabled="false" />: IIS then answers the upgrade itself.',
  }),
];
