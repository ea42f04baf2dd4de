import type { CorsHeaders, OriginFacts } from '../../../probe/index.js';
import type { LiveFacts } from '../../types.js';

/** What `--origin` showed, and the handshake over polling, where that was answered as one. */
export interface FromOrigin {
  readonly facts: OriginFacts;
  readonly handshake: CorsHeaders;
}

/** undefined without `--origin`, and where polling is off or refused: there CORS does not matter. */
export function fromOrigin({ probe }: LiveFacts): FromOrigin | undefined {
  const facts = probe.sockets?.origin;
  const handshake = facts?.handshake;
  return facts !== undefined && handshake?.status === 200 ? { facts, handshake } : undefined;
}

/** A header that came twice has its values joined; one that names two origins is as wrong. */
export const isTwice = ({ allowOrigin }: CorsHeaders): boolean => allowOrigin?.includes(',') === true;

/** Does a browser take an answer for a page of this origin, sent without cookies? */
export const isAllowed = ({ allowOrigin }: CorsHeaders, origin: string): boolean =>
  allowOrigin === '*' || allowOrigin === origin;

/** `cors: { origin: ['https://app.example.com'], credentials: true }` */
export const corsFor = (origin: string): string =>
  `cors: { origin: ['${origin}'], credentials: true } in the options of socket.io, and no such header in web.config`;
