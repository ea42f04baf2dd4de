import type { ConfigLocation, ConfigModel, Origin } from '../../config/index.js';
import { failure, type StageFailure } from './failure.js';

/** What happens to an upgrade that a handler mapping assigns to a module. */
export type WebSocketVerdict =
  | { readonly kind: 'passed-on'; readonly note: string }
  | {
      readonly kind: 'taken';
      readonly note: string;
      readonly failure: StageFailure;
      readonly origin: Origin | undefined;
    };

export interface WebSocketSettings {
  readonly enabled: boolean;
  readonly origin: Origin | undefined;
}

/** Reads system.webServer/webSocket at a path. Without the role feature, which declares it, nothing takes upgrades. Throws ConfigError. */
export function readWebSocket(model: ConfigModel, at: ConfigLocation): WebSocketSettings {
  if (!model.isDeclared('system.webServer/webSocket')) return { enabled: false, origin: undefined };
  const section = model.effective('system.webServer/webSocket', at);
  return { enabled: section.boolean('enabled'), origin: section.origin('enabled') };
}

/** `Connection: Upgrade` and `Upgrade: websocket`. Header names are lower case. */
export function isWebSocketRequest(headers: Readonly<Record<string, string | string[] | undefined>>): boolean {
  return (
    /(?:^|,)\s*websocket\s*(?:,|$)/i.test(String(headers.upgrade ?? '')) &&
    /upgrade/i.test(String(headers.connection ?? ''))
  );
}

/**
 * IIS 8 and later: while the WebSocketModule is enabled, it takes the upgrade of an iisnode application; the client gets 400 without
 * Sec-WebSocket-Accept, but polling works (learn.microsoft.com, "IIS 8.0 WebSocket Protocol Support", on socket.io;
 * tjanczuk/iisnode #367, #494). With `<webSocket enabled="false" />` iisnode gets it.
 */
export function webSocketVerdict(settings: WebSocketSettings): WebSocketVerdict {
  if (!settings.enabled) return { kind: 'passed-on', note: 'webSocket enabled="false": the upgrade goes to iisnode.' };
  const note =
    settings.origin === undefined
      ? 'webSocket is enabled by default: the WebSocketModule takes the upgrade, iisnode never sees it.'
      : 'webSocket enabled="true": the WebSocketModule takes the upgrade, iisnode never sees it.';
  return {
    kind: 'taken',
    note,
    failure: failure(400, 0, note, { module: 'WebSocketModule', notification: 'ExecuteRequestHandler' }),
    origin: settings.origin,
  };
}
