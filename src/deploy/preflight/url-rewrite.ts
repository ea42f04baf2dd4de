import { needs } from './products.js';
import { sources } from './sources.js';

const { name, section, from, option } = sources.rewrite;

/** No handler names its module: it runs for every request. */
export const urlRewrite = needs('url-rewrite', {
  code: 'URL_REWRITE_NOT_INSTALLED',
  name,
  modules: [],
  section,
  remedy: `install it on the server: ${from}; then deploy again (or let deploy install it: ${option})`,
  onExpress: 'it is a part of IIS Express: repair that, or take the applicationhost.config of its template',
});
