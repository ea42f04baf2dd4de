import { defineLiveRule, perhaps } from './define-live-rule.js';

/** engine.io compresses answers from 1024 bytes on (httpCompression.threshold); what is shorter was compressed by something else. */
const ownThreshold = 1_024;

/** Something in front compresses every poll. */
export const pollCompressed = defineLiveRule({
  code: 'LIVE_POLL_COMPRESSED',
  severity: 'info',
  title: 'Something in front compresses the polls',
  why: 'It costs time for a few bytes, and what compresses may hold an answer back until it is complete.',
  help: `A poll of a few bytes came compressed; socket.io itself compresses answers from 1 KB on. IIS's dynamic compression, a middleware
(compression of Express) or a proxy does it. Polls are complete answers, so that they arrive; streams of the same site (server-sent events)
are held back by it. Leave socket.io's path out: <urlCompression doDynamicCompression="false" /> in a <location>, or a filter of the middleware.`,
  check: ({ probe: { sockets } }) => {
    const { poll } = sockets ?? {};
    const isOfOther = poll?.status === 200 && /^(?:gzip|br|deflate|zstd)$/i.test(poll.encoding);
    return perhaps(
      isOfOther && poll.bytes < ownThreshold
        ? { message: `A poll at ${sockets?.url} of ${poll.bytes} bytes came with Content-Encoding: ${poll.encoding}.` }
        : undefined,
    );
  },
});
