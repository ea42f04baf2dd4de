import { pathSetting } from '../path-config.js';
import { failure } from '../sections/failure.js';
import { hasHttpPlatform, readHttpPlatform } from '../sections/http-platform.js';
import type { Stage } from '../stage.js';
import { asksForWebSocket, takesWebSockets } from './web-socket.js';

/** system.webServer/httpPlatform of a path. Throws ConfigError. */
export const httpPlatformAt = pathSetting(({ model, at }) => readHttpPlatform(model, at));

/** Requests that a mapping assigns to HttpPlatformHandler go to a process of its application, whole. */
export const httpPlatform: Stage = {
  name: 'httpPlatformHandler',
  implements: ['system.webServer/httpPlatform'],
  check: (config) => void (hasHttpPlatform(config.model) && httpPlatformAt(config)),
  decide(journey) {
    const { config, request } = journey;
    if (!journey.isHandledBy('httpPlatformHandler') || !hasHttpPlatform(config.model)) return undefined;
    // The section counts where the application is, and not in its folders: the module reads it there (ANCM, GetAppConfigPath).
    const root = journey.snapshot.at(journey.site, config.at.application.path);
    const { processPath, origin } = httpPlatformAt(root);
    if (processPath === '') {
      // The answer of 1.2 to this is unconfirmed.
      const detail =
        '<httpPlatform> of the application has no processPath: HttpPlatformHandler does not know what to start.';
      const more = { module: 'httpPlatformHandler', notification: 'ExecuteRequestHandler', ...(origin && { origin }) };
      return { kind: 'error', failure: failure(500, 0, detail, more) };
    }
    return { kind: 'http-platform', webSocket: asksForWebSocket(request) && takesWebSockets(config) };
  },
};
