import { iisnodeSock } from '../../typed-command.js';
import { needs } from './products.js';

/** HttpPlatformHandler, for an app that does not use iisnode. */
export const httpPlatform = needs('http-platform-handler', {
  code: 'HTTP_PLATFORM_NOT_INSTALLED',
  name: 'HttpPlatformHandler',
  modules: ['httpplatformhandler'],
  section: 'system.webServer/httpPlatform',
  remedy: `install it on the server: https://www.iis.net/downloads/microsoft/httpplatformhandler; or use iisnode (${iisnodeSock} init . --module iisnode); then deploy again`,
});
