import type { ProbeStep } from '../../probe/index.js';
import type { Facts, Rule, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';

const help = (what: string): string =>
  `The doctor asks a live app what a browser asks, in the same order: the page, socket.io's client script, the handshake, polls of one session, the WebSocket;
of an app without socket.io, whose page opens plain WebSockets, the page and one of those. ${what} Run the doctor over the app's folder as well: it sees the cause where this sees the effect, and can fix it.`;

/** With the status, where what was seen does not say it. */
const seenOf = ({ status, seen }: ProbeStep): string =>
  status === undefined || seen.includes(`HTTP ${status}`) ? seen : `${status}, ${seen}`;

function failures({ live }: Facts, id: ProbeStep['id']): RuleFinding[] {
  return (live?.steps ?? [])
    .filter((step) => step.id === id && !step.ok)
    .map((step) => ({
      message: `${step.title} at ${step.url}: ${seenOf(step)}.`,
      ...(step.why !== undefined && { why: `${step.why}.` }),
      ...(step.next !== undefined && { fix: step.next }),
    }));
}

function liveRule(id: ProbeStep['id'], rule: Pick<Rule, 'code' | 'title' | 'why'> & { readonly what: string }): Rule {
  const { code, title, why, what } = rule;
  return defineRule({
    code,
    scope: 'live',
    severity: 'error',
    title,
    why,
    help: help(what),
    check: (facts) => failures(facts, id),
  });
}

/** One rule for each step of the probe. */
export const liveRules: readonly Rule[] = [
  liveRule('page', {
    code: 'LIVE_PAGE_FAILS',
    title: 'The page does not answer as it should',
    why: 'Visitors see an error instead of the app.',
    what: 'The page comes first: a server that does not answer it, or answers with an error of IIS or iisnode, is not asked further.',
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
    why: 'No client gets a session, whatever its transport.',
    what: 'An app that allows the websocket transport only may refuse polling; that counts as an answer.',
  }),
  liveRule('polls', {
    code: 'LIVE_SESSION_LOST',
    title: 'Polls of one session reach processes that do not know it',
    why: 'Clients on polling get 400 "Session ID unknown" and reconnect for ever.',
    what: 'One handshake, then ten polls with its session and its cookies: each must be known. Several node processes without sticky sessions, or several machines without affinity, lose some of them. Sticky sessions and affinity are a cookie (iisnode.session.cookie, ARRAffinity) that the client has to send back: the doctor does, browsers do on pages of the same origin, socket.io-client 4.7 and later in node does with withCredentials: true only, version 2 takes the Cookie header by hand. An app that allows the websocket transport only is not asked.',
  }),
  liveRule('websocket', {
    code: 'LIVE_WEBSOCKET_FAILS',
    title: 'The WebSocket does not open',
    why: 'Clients of socket.io stay on polling; where nothing else is allowed, and without socket.io, nobody connects.',
    what: 'Behind IIS the usual cause is a missing <webSocket enabled="false" />: IIS takes the upgrade itself.',
  }),
];
