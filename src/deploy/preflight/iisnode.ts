import { needs } from './products.js';

/** The module and its section come with its MSI (iis.md 5). */
export const iisnode = needs('iisnode', {
  code: 'IISNODE_NOT_INSTALLED',
  name: 'iisnode',
  modules: ['iisnode'],
  section: 'system.webServer/iisnode',
  remedy:
    'install it on the server, and Node.js: iisnode-full-x64.msi from https://github.com/Azure/iisnode/releases; then deploy again',
});
