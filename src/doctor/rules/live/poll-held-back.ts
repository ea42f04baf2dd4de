import { causesOfHeldPoll } from './causes/index.js';
import { defineLiveRule, perhaps } from './define-live-rule.js';

/** An answer that the server has sent does not arrive (symptoms.md S55). */
export const pollHeldBack = defineLiveRule({
  code: 'LIVE_POLL_HELD_BACK',
  severity: 'error',
  title: 'A poll is not answered though the server has something to say',
  why: 'Clients on polling do not get past "connecting", or get messages in bursts, late.',
  help: `The doctor opens a session, sends what every server of socket.io answers at once (CONNECT, or a ping of Engine.IO 3), and polls. The POST was
answered, and the poll was not, or not to its end, in the time of an answer: something in front keeps answers until it has enough of them or
the connection ends (a buffering proxy, a filter, an antivirus program), or sends the two requests to different processes. Switch the
buffering off for socket.io's path: flushResponse="true" in iisnode, responseBufferLimit="0" in ARR, proxy_buffering off in nginx.`,
  check: (facts) => {
    const { sockets, steps } = facts.probe;
    const { poll, client } = sockets ?? {};
    // A server of Engine.IO alone has no CONNECT to answer.
    const isSocketIo =
      client?.version !== undefined || steps.some(({ id, status }) => id === 'websocket' && status === 101);
    return perhaps(
      poll !== undefined && poll.status === undefined && isSocketIo
        ? {
            message: `A poll of a session at ${sockets?.url}, with an answer due at once: ${poll.because ?? 'none came'}.`,
            ...causesOfHeldPoll(facts),
            fix: 'Switch buffering off for this path: flushResponse="true" (iisnode), responseBufferLimit="0" (ARR), proxy_buffering off (nginx).',
          }
        : undefined,
    );
  },
});
