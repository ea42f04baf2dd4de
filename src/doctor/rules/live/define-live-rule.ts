import type { ProbeStep } from '../../../probe/index.js';
import type { LiveFacts, LiveRule, RuleFinding } from '../../types.js';

/** A rule about the sockets of a live site: `check` gets what the probe saw of them. */
export const defineLiveRule = (rule: Omit<LiveRule, 'scope'>): LiveRule => ({ ...rule, scope: 'live' });

/**
 * What a step of the probe says, as a finding with its own reason and remedy.
 *
 * @param about Its subject, where that is not the step's title.
 */
export const findingOf = (
  { title, url, seen, why, next }: ProbeStep,
  { about = title, what = seen }: { readonly about?: string; readonly what?: string } = {},
): RuleFinding => ({
  message: `${about} at ${url}: ${what}.`,
  ...(why !== undefined && { why: `${why}.` }),
  ...(next !== undefined && { fix: next }),
});

/** One finding, or none. */
export const perhaps = (finding: RuleFinding | undefined): readonly RuleFinding[] =>
  finding === undefined ? [] : [finding];

/** Did a WebSocket of socket.io open? */
export const hasWebSocket = ({ probe }: LiveFacts): boolean =>
  probe.steps.some(({ id, ok, status }) => id === 'websocket' && ok && status === 101);
