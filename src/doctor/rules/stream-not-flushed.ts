import { hasIisnodeHandler } from '../facts/realtime.js';
import { defineRule } from './define-rule.js';
import { setIisnodeAttribute, settingText } from './iisnode-edits.js';

/** Server-sent events wait in iisnode until the answer ends. */
export const streamNotFlushed = defineRule({
  code: 'STREAM_NOT_FLUSHED',
  severity: 'warning',
  title: 'Server-sent events wait until the answer ends',
  why: 'iisnode sends the pieces of an answer on when it has enough of them, or at its end: a stream arrives late or all at once.',
  help: `An answer of the type text/event-stream is meant to arrive piece by piece. iisnode does that with flushResponse="true" only.
WebSockets and socket.io's polling do not need it: engine.io sends each answer to a poll whole, with its length, and only answers in chunks are
flushed. init --transports polling writes it as a precaution, for answers of the app's own that stream; to take it out breaks nothing
where none does. If pieces are late even so, IIS itself buffers them: responseBufferLimit="0" on the iisnode handler, and no dynamic
compression. --fix sets flushResponse.`,
  check(facts) {
    if (facts.iisnode === undefined || facts.iisnode.settings.values.flushResponse || !hasIisnodeHandler(facts))
      return [];
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
