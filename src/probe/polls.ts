import type { Explanation } from './explain.js';
import type { ProbeAnswer, Visitor } from './visitor.js';

/** The Engine.IO protocol of the answer to a handshake over polling; undefined when it is no such answer. */
export function protocolOf(body: string): 3 | 4 | undefined {
  // Version 3 has the packet's length in front: as text, or in old servers as bytes between 00 and ff.
  const found = /^(\d+:|\0[\0-\t]*\uFFFD)?0\{.*"sid"/.exec(body);
  return found === null ? undefined : found[1] === undefined ? 4 : 3;
}

export interface PollsOptions {
  readonly count: number;
  /** ms for each answer. */
  readonly timeout: number;
}

export interface PollsOutcome {
  readonly known: number;
  /** Answers 400 with code 1: the session is another process's. */
  readonly unknown: number;
  /** The first answer that is neither. */
  readonly other: ProbeAnswer | undefined;
  /** Names of the cookies the server had sent back: ARRAffinity, iisnode.session.cookie. */
  readonly cookies: readonly string[];
}

/**
 * Asks several times for one Engine.IO session, as a client on polling does, cookies included: each time on a connection of
 * its own, with a packet that changes nothing (a pong; Engine.IO 3: a ping), so that no answer waits for the app. The session is closed at the end.
 *
 * @param handshake The answer that opened the session; the visitor's cookies go with each.
 * @returns undefined when that answer names no session.
 */
export async function pollSession(
  handshake: ProbeAnswer,
  visitor: Visitor,
  { count, timeout }: PollsOptions,
): Promise<PollsOutcome | undefined> {
  const sid = /"sid"\s*:\s*"([^"]+)"/.exec(handshake.body)?.[1];
  if (sid === undefined) return undefined;
  // Engine.IO 3 puts its length before a packet, and lets the client do the pinging.
  const [nothing, close] = protocolOf(handshake.body) === 3 ? ['1:2', '1:1'] : ['3', '1'];
  const headers = { 'content-type': 'text/plain;charset=UTF-8' };
  const send = (packet: string): Promise<ProbeAnswer> => {
    const url = new URL(handshake.url);
    url.searchParams.set('sid', sid);
    return visitor.fetch(url, { method: 'POST', body: packet, timeout, headers });
  };
  let known = 0;
  let unknown = 0;
  let other: ProbeAnswer | undefined;
  for (let turn = 0; turn < count; turn += 1) {
    const answer = await send(nothing);
    if (answer.status === 200 && answer.body.trim() === 'ok') known += 1;
    else if (answer.status === 400 && /"code"\s*:\s*1\b/.test(answer.body)) unknown += 1;
    else other ??= answer;
  }
  await send(close).catch(() => undefined); // the server ends the session by itself otherwise
  return { known, unknown, other, cookies: visitor.jar.names };
}

/** Why polls of one session reach processes that do not know it. */
export function explainLostSession(cookies: readonly string[]): Explanation {
  const symptom = 'sticky';
  const isSticky = cookies.includes('iisnode.session.cookie');
  const hasAffinity = cookies.some((name) => /^ARRAffinity/i.test(name));
  if (isSticky || hasAffinity) {
    return {
      why: `the polls came with ${isSticky ? "iisnode's cookie" : 'the cookie of ARR'}, and still reached a process that does not know the session`,
      next: isSticky
        ? 'several machines need affinity as well: ARR, or the load balancer in front'
        : 'each machine runs several node processes: nodeProcessStickySessions="true", or nodeProcessCountPerApplication="1"',
      symptom,
    };
  }
  return {
    why: 'several node processes or machines share the requests, and no cookie sends a client back to its own process',
    next: 'nodeProcessStickySessions="true" (several processes), ARR affinity (several machines), or transports: [\'websocket\'] on both ends',
    symptom,
  };
}
