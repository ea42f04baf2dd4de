import { needs } from './products.js';
import { sources } from './sources.js';

const { name, section, from, option } = sources.iisnode;

/** The module and its section come with its MSI (iis.md 5). */
export const iisnode = needs('iisnode', {
  code: 'IISNODE_NOT_INSTALLED',
  name,
  modules: ['iisnode'],
  section,
  remedy: `install it on the server, and Node.js: ${from}; then deploy again (or let deploy install it: ${option})`,
});
