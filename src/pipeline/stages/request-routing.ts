import type { Verdict } from '../journey.js';
import { proxyTarget } from '../sections/request-routing.js';
import type { Stage } from '../stage.js';
import { stepAt } from '../step.js';
import { asksForWebSocket, takesWebSockets } from './web-socket.js';

/** Takes the requests that a rule rewrote to another server; they have no handler of their own. */
export const requestRouting: Stage = {
  name: 'ApplicationRequestRouting',
  implements: ['system.webServer/proxy'],
  decide(journey): Verdict {
    const { proxied, config, request } = journey;
    if (proxied === undefined) return undefined;
    const headers = { ...request.headers, ...journey.rewritten?.headers };
    const target = proxyTarget(config.model, proxied, headers['max-forwards']);
    if ('status' in target) {
      journey.note(() => stepAt('proxy', { input: proxied, matched: false, note: target.detail }));
      return { kind: 'error', failure: target };
    }
    const asks = asksForWebSocket(request);
    const webSocket = asks && takesWebSockets(config);
    const lost = asks && !webSocket ? '; webSocket is off: the upgrade is sent on as an ordinary request' : '';
    const note = `Application Request Routing asks ${target.url.host}; on the server its proxy has to be enabled${lost}`;
    const result = `${request.method} ${target.url.pathname}${target.url.search}`;
    journey.note(() => stepAt('proxy', { input: proxied, result, note }));
    return { kind: 'proxy', ...target, webSocket };
  },
};
