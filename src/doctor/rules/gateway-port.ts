import { iisnodeSock } from '../../typed-command.js';
import { hostedElsewhere } from '../facts/realtime.js';
import { defineRule } from './define-rule.js';
import { socketsFail } from './symptoms.js';

/** A gateway of NestJS listens on a port of its own. */
export const gatewayPort = defineRule({
  code: 'GATEWAY_PORT',
  severity: 'error',
  explains: ['APP_LISTENED_ELSEWHERE', ...socketsFail],
  title: 'A NestJS gateway has a port of its own',
  why: 'IIS does not know that port: the pages work, and the sockets of this gateway get no answer through IIS.',
  help: `@WebSocketGateway(8085) opens a second server on port 8085. @WebSocketGateway() without a port uses the http server of the app,
which iisnode knows; its options become the first argument: @WebSocketGateway({ cors: true }). An adapter of your own (extends IoAdapter) hands on the port that it
gets, which is 0 for the server of the app: super.createIOServer(port, options). Clients then connect to the app's own
address. Or let ${iisnodeSock} init . --loader always start the app: the loader merges the gateway into the app's server.`,
  check(facts) {
    if (hostedElsewhere(facts)) return [];
    return facts.server.scripts.flatMap(({ habits }) =>
      habits.gateways
        .filter(({ port }) => port !== undefined)
        .map(({ port, by, at }) => ({
          message: `The ${by === 'adapter' ? 'adapter' : 'gateway'} listens on port ${port}, which IIS does not know.`,
          fix:
            by === 'adapter'
              ? 'super.createIOServer(port, ..) with the port that it gets'
              : '@WebSocketGateway() without a port',
          at,
          loader: { says: `has a gateway on a port of its own, ${port}` },
        })),
    );
  },
});
