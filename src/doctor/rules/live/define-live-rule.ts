import type { LiveFacts, LiveRule, RuleFinding } from '../../types.js';

/** A rule about the sockets of a live site: `check` gets what the probe saw of them. */
export const defineLiveRule = (rule: Omit<LiveRule, 'scope'>): LiveRule => ({ ...rule, scope: 'live' });

/** One finding, or none. */
export const perhaps = (finding: RuleFinding | undefined): readonly RuleFinding[] =>
  finding === undefined ? [] : [finding];

/** Did a WebSocket of socket.io open? */
export const hasWebSocket = ({ probe }: LiveFacts): boolean =>
  probe.steps.some(({ id, ok, status }) => id === 'websocket' && ok && status === 101);
