import { iisnodeSock } from '../../typed-command.js';
import { refusedSocketRequest } from '../facts/socket-route.js';
import { defineRule } from './define-rule.js';
import { socketsFail } from './symptoms.js';

const answers = {
  requestFiltering: 'Request filtering refuses',
  httpRedirect: 'httpRedirect redirects',
  handler: 'No handler of node takes',
} as const;

const fixes = {
  requestFiltering: "Remove the entry of requestFiltering that refuses socket.io's requests.",
  httpRedirect: '<httpRedirect enabled="false" /> here, or a rewrite rule that does not match socket.io\'s URLs.',
  handler: 'verb="*" in that handler: a client that polls sends its messages by POST',
} as const;

/** Request filtering, httpRedirect, or a handler that is not for their verb: IIS answers socket.io's requests before any rule or handler sees them. */
export const socketRequestsRefused = defineRule({
  code: 'SOCKET_REQUESTS_REFUSED',
  severity: 'error',
  explains: [...socketsFail, 'SESSION_LOST'],
  title: "IIS answers socket.io's requests before node sees them",
  why: 'Request filtering and httpRedirect act on the URL before a handler is chosen: the handshake gets a 404 or a redirect, whatever the rewrite rules say.',
  help: `Request filtering (system.webServer/security/requestFiltering) refuses hidden segments, extensions, verbs, URL sequences, long queries and
large bodies with 404.x; socket.io needs its path, GET and POST, and queries of a few hundred characters. httpRedirect sends every URL of its
level elsewhere; a WebSocket handshake does not follow a redirect, and a POST becomes a GET. Remove the entry that matches socket.io's
requests, or limit the redirect to other URLs. A handler of node with a list of verbs needs POST in it. "${iisnodeSock} trace URL" shows each stage.`,
  check(facts) {
    const refused = refusedSocketRequest(facts);
    if (refused === undefined) return [];
    const { method, url, by, detail, origin } = refused;
    const { query } = facts;
    const { document } = facts.webConfig;
    const at = (origin && query.placeOf({ ...origin, column: 1 })) ?? (document && query.place(document.root));
    return [
      {
        message: `${answers[by]} ${method} ${url}: ${detail}`,
        fix: fixes[by],
        ...(by === 'handler' && {
          why: 'IIS answers POST with 405: the handshake is made, and the client never gets further.',
        }),
        ...(at && { at }),
      },
    ];
  },
});
