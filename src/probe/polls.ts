import type { IncomingHttpHeaders } from 'node:http';
import { iisnodeSock } from '../typed-command.js';
import { type Explanation, engineCode, readErrorPage, statusOf } from './explain.js';
import type { ProbeAnswer, Visitor } from './visitor.js';

/** The Engine.IO protocol of the answer to a handshake over polling; undefined when it is no such answer. */
export function protocolOf(body: string): 3 | 4 | undefined {
  // Version 3 has the packet's length in front: as text, or in old servers as bytes between 00 and ff.
  const found = /^(\d+:|\0[\0-\t]*\uFFFD)?0\{.*"sid"/.exec(body);
  return found === null ? undefined : found[1] === undefined ? 4 : 3;
}

/** Characters of a session id that is used: socket.io's have 20. */
const longestSid = 1_000;

/** The id of a session that a handshake opened; undefined where there is none, or one that no URL could hold. */
export const sidOf = (body: string): string | undefined =>
  new RegExp(`"sid"\\s*:\\s*"([^"]{1,${longestSid}})"`).exec(body)?.[1];

/** Packets of the protocol that a handshake speaks: Engine.IO 3 puts its length before each, and lets the client do the pinging. */
export const packetsOf = (
  handshake: string,
): { readonly nothing: string; readonly close: string; readonly asks: string } =>
  protocolOf(handshake) === 3
    ? { nothing: '1:2', close: '1:1', asks: '1:2' }
    : { nothing: '3', close: '1', asks: '40' };

/** Closes a session; the server ends it by itself where that fails. */
export async function endSession(
  { url: opened, body }: ProbeAnswer,
  sid: string,
  visitor: Visitor,
  timeout: number,
): Promise<void> {
  const url = new URL(opened);
  url.searchParams.set('sid', sid);
  await visitor
    .fetch(url, { method: 'POST', body: packetsOf(body).close, timeout, headers: postHeaders(url) })
    .catch(() => undefined);
}

/** Headers of a POST as a browser on a page of the same origin sends it. */
export const postHeaders = ({ origin }: URL): Readonly<Record<string, string>> => ({
  'content-type': 'text/plain;charset=UTF-8',
  origin,
});

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
  const sid = sidOf(handshake.body);
  if (sid === undefined) return undefined;
  const { nothing } = packetsOf(handshake.body);
  const send = (packet: string): Promise<ProbeAnswer> => {
    const url = new URL(handshake.url);
    url.searchParams.set('sid', sid);
    return visitor.fetch(url, { method: 'POST', body: packet, timeout, headers: postHeaders(url) });
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
  await endSession(handshake, sid, visitor, timeout);
  return { known, unknown, other, cookies: visitor.jar.names };
}

/** Why polls of one session reach processes that do not know it. */
export function explainLostSession(cookies: readonly string[], headers: IncomingHttpHeaders): Explanation {
  const symptom = 'sticky';
  if (isAffinityOff(headers)) {
    return {
      why: 'the app itself asks ARR not to keep its clients at one machine (the header Arr-Disable-Session-Affinity: true), and a machine that does not know the session answers',
      next: "remove that header (customHeaders in web.config, or the app's code), or transports: ['websocket'] on both ends",
      symptom,
    };
  }
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

/** The header by which an app tells ARR, on Azure as well, that it needs no affinity. */
export const isAffinityOff = (headers: IncomingHttpHeaders): boolean =>
  /^\s*true\s*$/i.test(String(headers['arr-disable-session-affinity'] ?? ''));

/** Why a poll is refused that sends something, where the handshake, a GET at the same path, was answered; undefined for other answers. */
export function explainRefusedPost({ status, body }: ProbeAnswer): Explanation | undefined {
  if (![403, 404, 405, 411, 413, 501].includes(status) || engineCode(body) !== undefined) return undefined;
  return {
    why: `GET is answered at this path, and POST is refused with ${statusOf(readErrorPage(status, body), status)}: clients on polling receive and cannot send`,
    next: `verb="*" (or GET,POST,OPTIONS) for the handler of node, no rule or filter that takes POST (requestFiltering/verbs, a condition on REQUEST_METHOD), no module that answers it; ${iisnodeSock} trace URL --method POST shows it`,
    symptom: 'post-refused',
  };
}

/** What a handshake calls a session id is none. */
export const noUsableSession: Explanation = {
  why: `the handshake names no session id that could be used: it is empty, or longer than ${longestSid} characters (socket.io's have 20)`,
  next: 'look at what answers at this path: it is not socket.io',
  symptom: 'path-virtual-dir',
};
