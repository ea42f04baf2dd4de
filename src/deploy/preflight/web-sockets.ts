import type { PreflightCheck } from './check.js';
import { globalModules, modulesOf } from './products.js';

/** iisnode upgrades connections itself; HttpPlatformHandler needs IIS's WebSocket module (iis.md 0.24). */
export const webSockets: PreflightCheck = {
  id: 'web-sockets',
  title: "IIS's WebSocket module is there, if HttpPlatformHandler needs it",
  async look(asked) {
    if (!modulesOf(asked).some((module) => module.toLowerCase() === 'httpplatformhandler')) return undefined;
    const modules = await globalModules(asked);
    if (modules === undefined) return 'appcmd does not list the modules';
    if (modules.has('websocketmodule')) return undefined;
    return {
      code: 'WEBSOCKETS_NOT_INSTALLED',
      what: 'the WebSocket Protocol feature of IIS is not installed',
      why: 'HttpPlatformHandler needs it: without it every client stays with long polling.',
      next: 'dism /online /enable-feature /featurename:IIS-WebSockets; or give --force if polling is enough',
      isForcible: true,
    };
  },
};
