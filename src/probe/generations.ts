import { withoutEnd } from '../trimmed.js';
import { protocolOf } from './polls.js';
import type { ProbeAnswer, Visitor } from './visitor.js';
import { urlWithoutLogin } from './without-login.js';

/** The client of a page: the Engine.IO protocol that it speaks. */
export interface PageClient {
  /** socket.io 1 and 2 speak 3; what is unknown is asked as the newest. */
  readonly protocol: 3 | 4;
  /** socket.io 0.9, which speaks neither. */
  readonly isOld: boolean;
  /** socket.io's version, or its major one; undefined: unknown. */
  readonly version: string | undefined;
}

/** A generation of socket.io by what its server answers: 0.9 has a protocol of its own; 1 and 2 speak Engine.IO 3; 3 and 4 Engine.IO 4. */
export interface ServerGeneration {
  readonly protocol: 0 | 3 | 4;
  readonly url: string;
  /** What it answered, the beginning of it. */
  readonly seen: string;
}

/** The answer of 0.9 to its handshake: session, two time-outs in seconds (or nothing), transports. */
const oldHandshake = /^[\w-]{1,100}:\d*:\d*:[a-z]+(?:-[a-z]+)?(?:,[a-z-]+)*\s*$/;

interface AskedGeneration {
  readonly visitor: Visitor;
  /** ms */
  readonly timeout: number;
}

/** Asks a path for a handshake of one generation; the server ends by itself what it opened. */
export async function asksGeneration(
  root: URL,
  protocol: 0 | 3 | 4,
  { visitor, timeout }: AskedGeneration,
): Promise<ServerGeneration | undefined> {
  const at = `${withoutEnd(root.href, '/')}/`;
  const url = new URL(protocol === 0 ? `${at}1/?t=${Date.now()}` : `${at}?EIO=${protocol}&transport=polling`);
  const answer = await visitor.fetch(url, { timeout, enough: 2_000 }).catch(() => undefined);
  if (answer?.status !== 200) return undefined;
  const { body } = answer;
  const found = protocol === 0 ? (oldHandshake.test(body) ? 0 : undefined) : protocolOf(body);
  return found === undefined ? undefined : { protocol: found, url: urlWithoutLogin(answer.url), seen: seenOf(answer) };
}

const seenOf = ({ status, body }: ProbeAnswer): string =>
  `${status}, ${body
    .slice(0, 60)
    .replaceAll(/[^ -~]+/g, ' ')
    .trim()}`;

/**
 * Which generation of socket.io answers at one of some paths, where the one that was asked does not.
 * @param asked the Engine.IO protocol that was asked already
 */
export async function generationAt(
  roots: readonly URL[],
  asked: 3 | 4,
  options: AskedGeneration,
): Promise<ServerGeneration | undefined> {
  for (const root of roots) {
    for (const protocol of [asked === 4 ? 3 : 4, 0] as const) {
      const found = await asksGeneration(root, protocol, options);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
