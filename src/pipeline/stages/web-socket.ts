import { ConfigError } from '../../config/index.js';
import { type PathConfig, pathSetting } from '../path-config.js';
import { isWebSocketRequest, readWebSocket, webSocketVerdict } from '../sections/web-socket.js';
import type { Stage } from '../stage.js';
import { type Step, stepAt } from '../step.js';

/** system.webServer/webSocket of a path, and what it means for upgrades. Throws ConfigError. */
export const webSocketAt = pathSetting(({ model, at }) => {
  const settings = readWebSocket(model, at);
  return { settings, verdict: webSocketVerdict(settings) };
});

/** Takes the upgrade of an iisnode application unless it is disabled. */
export const webSocket: Stage = {
  name: 'WebSocketModule',
  implements: ['system.webServer/webSocket'],
  decide(journey) {
    const { config, request } = journey;
    if (!journey.isHandledBy('iisnode') || request.method !== 'GET') return undefined;
    if (!request.isUpgrade || !isWebSocketRequest(request.headers)) {
      journey.note(() => upgradeForecast(config));
      return undefined;
    }
    const { settings, verdict } = webSocketAt(config);
    journey.note(() => stepAt('websocket', { matched: verdict.kind === 'taken', note: verdict.note }, settings.origin));
    return verdict.kind === 'taken' ? { kind: 'error', failure: verdict.failure } : undefined;
  },
};

/** What would happen to an upgrade of the URL; nothing if the section is invalid, because this request does not read it. */
function upgradeForecast(config: PathConfig): readonly Step[] {
  try {
    const { settings, verdict } = webSocketAt(config);
    const note =
      verdict.kind === 'passed-on'
        ? 'webSocket enabled="false": an upgrade of this URL would go to iisnode.'
        : 'webSocket is enabled: the WebSocketModule would take an upgrade of this URL, and answer 400.';
    return [stepAt('websocket', { note }, settings.origin)];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [];
  }
}
