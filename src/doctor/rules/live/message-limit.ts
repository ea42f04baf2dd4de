import type { InFront } from '../../../probe/index.js';
import { defineLiveRule, perhaps } from './define-live-rule.js';

/** Bytes of a request's body: IIS maxAllowedContentLength (symptoms.md S63), nginx client_max_body_size 1m (its documentation). */
const limits: readonly (readonly [InFront, string, number])[] = [
  ['nginx', 'nginx takes 1 MB (client_max_body_size)', 1_048_576],
  ['iis', 'IIS takes 30 MB (maxAllowedContentLength)', 30_000_000],
  ['arr', 'IIS takes 30 MB (maxAllowedContentLength)', 30_000_000],
  ['azure', 'IIS takes 30 MB (maxAllowedContentLength)', 30_000_000],
];

/** The app takes messages that do not get to it over polling. */
export const messageLimit = defineLiveRule({
  code: 'LIVE_MESSAGE_LIMIT',
  severity: 'warning',
  title: 'The app takes larger messages than what is in front lets through',
  why: 'A large message over polling is refused with 413 or 404.13, and the client is disconnected; over a WebSocket it passes.',
  help: `The handshake says how large the packets of a poll may be (maxPayload, the server's maxHttpBufferSize: 1 MB by default). IIS refuses
request bodies over 30,000,000 bytes, nginx those over 1 MB, unless they are set otherwise: <requestLimits maxAllowedContentLength="..." />,
client_max_body_size. Raise both together, or send large data in parts, or with an upload of its own.`,
  check({ probe: { sockets } }) {
    const { session } = sockets ?? {};
    const maxPayload = session?.maxPayload ?? 0;
    const limit = limits.find(([who, , bytes]) => session?.inFront.includes(who) && maxPayload > bytes);
    return perhaps(
      limit && {
        message: `The handshake at ${sockets?.url} says maxPayload ${maxPayload}, and ${limit[1]} in one request, unless set otherwise.`,
        fix: 'Raise the limit in front to the same size, or lower maxHttpBufferSize.',
      },
    );
  },
});
