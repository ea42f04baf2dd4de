import type { LiveFacts, RuleFinding } from '../../types.js';
import { causesOfLostSession } from './causes/index.js';
import { defineLiveRule, hasWebSocket, perhaps } from './define-live-rule.js';

/** A new WebSocket opens, and that of a session does not. */
export const upgradeLost = defineLiveRule({
  code: 'LIVE_UPGRADE_LOST',
  severity: 'warning',
  title: 'A session over polling cannot be upgraded',
  why: 'Clients that begin with polling, as is usual, stay on it: more requests, and messages come later.',
  help: `socket.io's client begins with polling, then opens a WebSocket with the id of its session, sends 2probe and waits for 3probe. The doctor
does the same, and offers compression as browsers do. A WebSocket without a session opens here, so what fails is the session or the offer:
another process or machine answers the upgrade (400 "Session ID unknown": the balancer in front does not keep the client at one), a proxy
answers 101 and passes no frames, or one that cannot pass compressed messages (ARR: perMessageDeflate: false in the server).`,
  check(facts) {
    const { sockets } = facts.probe;
    if (sockets?.upgrade === undefined || sockets.upgrade.kind === 'passes' || !hasWebSocket(facts)) return [];
    const made = found(sockets.upgrade);
    return perhaps(made && isUnknown(sockets.upgrade) ? { ...made, ...causesOfLostSession(facts) } : made);
  },
});

type Upgrade = NonNullable<NonNullable<LiveFacts['probe']['sockets']>['upgrade']>;

/** The process that got the upgrade does not know the session. */
const isUnknown = (upgrade: Upgrade): boolean =>
  upgrade.kind === 'answered' && /Session ID unknown|"code"\s*:\s*1\b/.test(upgrade.body);

function found(upgrade: Upgrade): RuleFinding | undefined {
  const at = `The upgrade of a session at ${upgrade.url.replace(/([?&]sid=)[^&]*/, '$1...')}`;
  if (upgrade.kind === 'answered') {
    return {
      message: `${at}: HTTP ${upgrade.status}${isUnknown(upgrade) ? ' "Session ID unknown"' : ''} instead of 101; without a session the WebSocket opens.`,
      fix: isUnknown(upgrade)
        ? 'Keep a client at one process, upgrades included: nodeProcessStickySessions="true" (several processes), ARR affinity (several machines), or transports: [\'websocket\'] on both ends.'
        : 'Look at what answers upgrades with ?sid=: a rule or a proxy in front takes them, or refuses the offer of compression (perMessageDeflate: false).',
    };
  }
  if (upgrade.kind === 'passes') return undefined;
  const what = upgrade.isOpen ? '101, and then no frame came through' : 'it fails';
  return {
    message: `${at}: ${what} (${upgrade.error.message}); without a session the WebSocket opens.`,
    fix: "perMessageDeflate: false in the server's options where a proxy (ARR) is in front; let the proxy pass WebSockets on unbuffered.",
  };
}
