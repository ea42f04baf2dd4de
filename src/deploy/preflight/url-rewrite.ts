import { needs } from './products.js';

/** No handler names its module: it runs for every request. */
export const urlRewrite = needs('url-rewrite', {
  code: 'URL_REWRITE_NOT_INSTALLED',
  name: 'URL Rewrite',
  modules: [],
  section: 'system.webServer/rewrite',
  remedy:
    'install it on the server: rewrite_amd64_en-US.msi from https://www.iis.net/downloads/microsoft/url-rewrite; then deploy again',
});
