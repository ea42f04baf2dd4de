import { readSharedUpgrades } from '../../../source/index.js';
import { serversOnlyPoll } from '../../facts/realtime.js';
import { defineRule } from '../define-rule.js';

/** A server of ws on socket.io's http server (README of ws, "Multiple servers sharing a single HTTP/S server"). */
export const upgradeAnsweredTwice = defineRule({
  code: 'UPGRADE_ANSWERED_TWICE',
  severity: 'error',
  explains: ['WEBSOCKET_FAILED'],
  title: 'Two WebSocket servers answer the same upgrade',
  why: 'The second answer is written into the WebSocket that the first one has opened: "Invalid frame header", and clients stay on polling or do not connect.',
  help: `new WebSocketServer({ server }) of ws answers every upgrade of its http server, also those of socket.io: with the option path it refuses
the others with 400, without it it opens them. socket.io's own requests get two answers then. Write new WebSocketServer({ noServer: true }) and hand
it the requests of its path alone: server.on('upgrade', (request, socket, head) => { if (request.url === '/feed') feed.handleUpgrade(request,
socket, head, (ws) => feed.emit('connection', ws, request)); }). express-ws has no such option: use ws itself, or a namespace of socket.io.`,
  check(facts) {
    if (serversOnlyPoll(facts)) return [];
    return facts.server.scripts.flatMap(({ context }) =>
      (context === undefined ? [] : readSharedUpgrades(context)).map(({ at, on, path }) => ({
        message:
          path === undefined
            ? `socket.io and a server of plain WebSockets both answer the upgrades of ${on}.`
            : `The WebSocket server for ${path} refuses socket.io's upgrades: both are on ${on}.`,
        fix: `new WebSocketServer({ noServer: true }), and ${on}.on('upgrade', ..) for ${path ?? 'its own path'}`,
        at,
      })),
    );
  },
});
