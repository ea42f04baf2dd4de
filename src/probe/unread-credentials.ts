import { authorOf } from './explain.js';
import type { Finding } from './finding.js';
import type { SocketTarget } from './socket-targets.js';
import type { ProbeAnswer } from './visitor.js';

/**
 * A browser sends no header of a script with a WebSocket. What the app sees of a client that begins with polling are the headers of its
 * handshake, though; a WebSocket that is opened in its place has them as well.
 */
export const headersOfSocket = ({ transports, sent }: Pick<SocketTarget, 'transports' | 'sent'>) =>
  transports?.[0] === 'websocket' ? {} : sent?.headers;

/** What the client sends that only its own code knows, as its options are called. */
const unreadOf = (
  { sent, askedBy: client = 'the page' }: SocketTarget,
  names: readonly string[],
): string | undefined => {
  const unread = sent?.unread.filter((name) => names.includes(name)) ?? [];
  return unread.length === 0
    ? undefined
    : `the client (${client}) sends ${unread.join(', ')} with values that only its code knows`;
};

/** A refusal by the app itself that what the client sends may prevent. */
export function unreadRefusal({ status, body }: ProbeAnswer, target: SocketTarget): string | undefined {
  if (![400, 401, 403, 422].includes(status) || authorOf(body) === 'iis') return undefined;
  const unread = unreadOf(target, ['query', 'extraHeaders']);
  return unread && `the app refuses this visitor with ${status}; ${unread}: nothing further can be checked`;
}

/** Of a connection that the app refuses in its own words. */
export function unreadNote({ refused }: Finding, target: SocketTarget): { readonly note?: string } {
  const unread = refused === undefined ? undefined : unreadOf(target, ['auth', 'query', 'extraHeaders']);
  return unread === undefined ? {} : { note: `${unread}: the page itself may connect` };
}
