import { defineLiveRule, findingOf } from './define-live-rule.js';

/** Polls receive and cannot send. */
export const postRefused = defineLiveRule({
  code: 'LIVE_POST_REFUSED',
  severity: 'error',
  title: 'The handshake over polling is answered, and POST is refused',
  why: 'Clients on polling receive and cannot send: they connect, and are disconnected before long.',
  help: `A client on polling receives with GET and sends with POST to the same URL. Here GET is answered, and POST is not: the handler of node has
verb="GET" or a list without POST, request filtering or a rule refuses the method, or another module (WebDAV) answers it. Clients that
upgrade to a WebSocket send their first packets over polling as well, so that they do not get that far.`,
  check: ({ probe }) =>
    probe.steps
      .filter(({ id, symptom }) => id === 'polls' && symptom === 'post-refused')
      .map((step) => findingOf(step, { about: 'POST' })),
});
