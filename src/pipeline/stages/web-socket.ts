import { ConfigError } from '../../config/index.js';
import { type PathConfig, pathSetting } from '../path-config.js';
import type { PipelineRequest } from '../request.js';
import { isWebSocketRequest, readWebSocket, type WebSocketSettings, webSocketVerdict } from '../sections/web-socket.js';
import type { Stage } from '../stage.js';
import { type Step, stepAt } from '../step.js';

/** system.webServer/webSocket of a path, and what it means for upgrades. Throws ConfigError. */
export const webSocketAt = pathSetting(({ model, at }) => {
  const settings = readWebSocket(model, at);
  return { settings, verdict: webSocketVerdict(settings) };
});

/**
 * Does the WebSocketModule work at a path? HttpPlatformHandler needs it: it asks for the server variable WEBSOCKET_VERSION, and
 * without it sends an upgrade on as an ordinary request (HttpPlatformHandler v2, forwardinghandler.cpp). Throws ConfigError.
 */
export const takesWebSockets = (config: PathConfig): boolean => webSocketAt(config).settings.enabled;

/** A WebSocket's handshake, for HttpPlatformHandler: it compares Upgrade, and not Connection (httpplatformhandler.md 7). */
export const asksForWebSocket = ({ isUpgrade, headers }: PipelineRequest): boolean =>
  isUpgrade && String(headers.upgrade ?? '').toLowerCase() === 'websocket';

/** Takes the upgrade of an iisnode application unless it is disabled. HttpPlatformHandler carries upgrades with its help. */
export const webSocket: Stage = {
  name: 'WebSocketModule',
  implements: ['system.webServer/webSocket'],
  decide(journey) {
    const { config, request } = journey;
    if (journey.isHandledBy('httpPlatformHandler'))
      journey.note(() => platformForecast(config, asksForWebSocket(request)));
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

/** What HttpPlatformHandler does with an upgrade of the URL. */
const platformForecast = (config: PathConfig, asks: boolean): readonly Step[] =>
  forecast(config, ({ enabled }) => ({
    ...(asks && { matched: !enabled }),
    note: enabled
      ? 'webSocket is enabled: HttpPlatformHandler carries WebSockets of this URL.'
      : 'webSocket is off: HttpPlatformHandler sends an upgrade of this URL on as an ordinary request, and clients stay on polling.',
  }));

/** What would happen to an upgrade of the URL; nothing if the section is invalid, because this request does not read it. */
const upgradeForecast = (config: PathConfig): readonly Step[] =>
  forecast(config, ({ enabled }) => ({
    note: enabled
      ? 'webSocket is enabled: the WebSocketModule would take an upgrade of this URL, and answer 400.'
      : 'webSocket enabled="false": an upgrade of this URL would go to iisnode.',
  }));

function forecast(
  config: PathConfig,
  stepOf: (settings: WebSocketSettings) => Pick<Step, 'matched' | 'note'>,
): readonly Step[] {
  try {
    const { settings } = webSocketAt(config);
    return [stepAt('websocket', stepOf(settings), settings.origin)];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [];
  }
}
