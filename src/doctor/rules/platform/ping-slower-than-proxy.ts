import { hostedElsewhere } from '../../facts/realtime.js';
import { defineRule } from '../define-rule.js';

/** In milliseconds: ARR waits 120 s for a response; load balancers such as Azure's close idle connections after 240 s. */
const ofProxy = 120_000;
const ofBalancer = 240_000;

/** Something in front of node closes a connection before the next ping (symptoms.md S59). */
export const pingSlowerThanProxy = defineRule({
  code: 'PING_SLOWER_THAN_PROXY',
  severity: 'warning',
  explains: ['LIVE_PING_TOO_SLOW'],
  title: 'Pings come more rarely than proxies wait',
  why: 'A proxy or load balancer closes a connection without traffic: clients are disconnected at the same interval ("transport close", 502.3) and reconnect.',
  help: `socket.io sends a ping every 25 seconds (pingInterval). The reverse proxy of IIS ends a poll after 120 seconds, load balancers close idle
connections after 4 minutes or less. A pingInterval above that means that a quiet connection dies each time. Leave it out, or keep it
below the shortest limit on the way.`,
  check(facts) {
    const isProxied = hostedElsewhere(facts);
    const limit = isProxied ? ofProxy : ofBalancer;
    const who = isProxied ? 'the proxy of IIS waits' : 'load balancers wait';
    return facts.server.scripts.flatMap(({ sockets }) =>
      sockets.servers.flatMap(({ settings: { pingInterval: ping } }) =>
        ping === undefined || ping.value < limit
          ? []
          : [
              {
                message: `pingInterval is ${ping.value} ms, and ${who} at most ${limit} ms.`,
                fix: 'pingInterval: 25000, or leave it out',
                at: ping.at,
              },
            ],
      ),
    );
  },
});
