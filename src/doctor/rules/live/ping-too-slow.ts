import { defineLiveRule, perhaps } from './define-live-rule.js';
import { idleLimitOf } from './idle-limits.js';

/** A quiet connection is closed before the next ping (symptoms.md S59). */
export const pingTooSlow = defineLiveRule({
  code: 'LIVE_PING_TOO_SLOW',
  severity: 'warning',
  title: 'Pings come more rarely than what is in front waits',
  why: 'Quiet clients are disconnected at the same interval ("transport close", 502.3, 504) and reconnect.',
  help: `The handshake says how often there is a ping (pingInterval, 25 seconds by default): for so long a quiet poll is not answered, and a quiet
WebSocket has no traffic. What is in front closes a connection before that: nginx after 60 seconds (proxy_read_timeout), Cloudflare after
100, ARR after 120 (timeout of system.webServer/proxy), the front end of Azure App Service after 230, load balancers after about 4 minutes.
The doctor knows by the headers of the answer what is in front, not what is set there. Leave pingInterval out, or keep it below that limit.`,
  check({ probe: { sockets } }) {
    const { session } = sockets ?? {};
    const { pingInterval } = session ?? {};
    if (sockets === undefined || session === undefined || pingInterval === undefined) return [];
    const { who, ms } = idleLimitOf(session.inFront);
    return perhaps(
      pingInterval < ms
        ? undefined
        : {
            message: `The handshake at ${sockets.url} says pingInterval ${pingInterval} ms, and ${who} closes after ${ms} ms without traffic, unless set otherwise.`,
            fix: 'pingInterval: 25000, or leave it out; or raise the limit there.',
          },
    );
  },
});
