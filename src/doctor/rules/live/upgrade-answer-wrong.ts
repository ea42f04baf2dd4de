import { defineLiveRule, findingOf } from './define-live-rule.js';

/** 101 came, and it is not an answer of a WebSocket server. */
export const upgradeAnswerWrong = defineLiveRule({
  code: 'LIVE_UPGRADE_ANSWER_WRONG',
  severity: 'error',
  title: 'The answer 101 is not one of a WebSocket server',
  why: 'Browsers close such a connection at once ("Error during WebSocket handshake", "Invalid frame header").',
  help: `An upgrade is answered with 101, "Upgrade: websocket", and a Sec-WebSocket-Accept that is computed from the key of the request; after it
come frames. Here one of these is wrong: a proxy or a script answers 101 without knowing WebSockets, a proxy serves an answer from its cache,
two libraries answer the same upgrade (attach each to a path of its own), or something writes text into the connection.`,
  check: ({ probe: { steps, sockets } }) =>
    steps
      // To a protocol that it does not speak Engine.IO answers in plain text behind its 101.
      .filter(() => sockets?.generation === undefined)
      .filter(({ id, symptom }) => id === 'websocket' && symptom === 'upgrade-answer')
      .map((step) => findingOf(step)),
});
