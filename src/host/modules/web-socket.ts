import type { PipelineModule } from '../pipeline/module.js';
import { pathSetting } from '../pipeline/path-config.js';
import { isWebSocketRequest, readWebSocket, webSocketVerdict } from '../stages/web-socket.js';
import { handledBy } from './handler-mapping.js';

const webSocketAt = pathSetting(({ model, at }) => webSocketVerdict(readWebSocket(model, at)));

/** Takes the upgrade of an iisnode application unless it is switched off, and says so: nothing else tells a person why. */
export const webSocketModule: PipelineModule = {
  name: 'WebSocketModule',
  implements: ['system.webServer/webSocket'],
  onRequest: () => 'next',
  onUpgrade(context) {
    if (!handledBy(context, 'iisnode') || !isWebSocketRequest(context.incoming.headers)) return 'next';
    const verdict = webSocketAt(context.config);
    if (verdict.kind === 'passed-on') return 'next';
    const { application } = context.config.at;
    context.host.emitOnce(`websocket ${context.site.name} ${application.path}`, {
      level: 'warning',
      code: 'WEBSOCKET_MODULE_ENABLED',
      message: `${verdict.note} Clients of ${application.path} get 400 and stay on polling; add <webSocket enabled="false" /> to its web.config.`,
      ...(verdict.origin && { file: verdict.origin.file, line: verdict.origin.line }),
    });
    return verdict.failure;
  },
};
