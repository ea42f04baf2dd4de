import { hasIisnodeHandler } from '../facts/realtime.js';
import { defineRule } from './define-rule.js';
import { setIisnodeAttribute, settingText } from './iisnode-edits.js';

/** iisnode buffers server-sent events until the response ends. */
export const streamNotFlushed = defineRule({
  code: 'STREAM_NOT_FLUSHED',
  severity: 'warning',
  title: 'Server-sent events wait until the response ends',
  why: 'iisnode buffers a response and sends it when there is enough data, or at its end: a stream arrives late or in one piece.',
  help: `A response of the type text/event-stream is meant to arrive piece by piece. iisnode does that only with flushResponse="true".
WebSockets and socket.io's polling do not need it: engine.io sends each answer to a poll whole, with its length, and only chunked responses are
flushed. init --transports polling writes it as a precaution, for streams of the app's own routes; if the app has none, you can remove it.
If pieces are late even so, IIS itself buffers them: set responseBufferLimit="0" on the iisnode handler, and no dynamic
compression. --fix sets flushResponse.`,
  check(facts) {
    if (facts.iisnode === undefined || facts.iisnode.values.flushResponse || !hasIisnodeHandler(facts)) return [];
    const [at] = facts.server.scripts.flatMap(({ streams }) => streams.eventStreams);
    if (at === undefined) return [];
    return [
      {
        message: 'The server sends text/event-stream, and flushResponse is not true.',
        fix: settingText(facts, 'flushResponse', 'true'),
        at,
      },
    ];
  },
  fix: (facts) => setIisnodeAttribute(facts, 'flushResponse', 'true'),
});
