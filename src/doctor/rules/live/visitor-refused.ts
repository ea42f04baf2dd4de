import { defineLiveRule } from './define-live-rule.js';

/** connect_error with the app's own words. */
export const visitorRefused = defineLiveRule({
  code: 'LIVE_VISITOR_REFUSED',
  severity: 'info',
  title: 'The WebSocket opens, and the app refuses the visitor',
  why: "It is not a fault where the app requires a login; a page's client gets the same words as connect_error.",
  help: `A middleware (io.use, namespace.use) answered with an error, or a server of plain WebSockets closed the connection with a code of its own. The
doctor sends what the code of the page's client says it sends (auth, query, extraHeaders), and no login. If the client of the page gets these
words too, look in the app for them: IIS passes the connection on.`,
  check: ({ probe }) =>
    probe.steps.flatMap(({ id, title, url, refused, symptom, note }) =>
      id !== 'websocket' || refused === undefined || symptom !== undefined
        ? []
        : [
            {
              message: `${title} at ${url}: it opens, and the app refuses this visitor: ${refused}${note === undefined ? '' : ` (${note})`}.`,
            },
          ],
    ),
});
