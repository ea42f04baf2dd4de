import { targetAt } from '../pipeline/disk.js';
import type { PipelineModule } from '../pipeline/module.js';
import { pathSetting } from '../pipeline/path-config.js';
import { readHttpRedirect, redirectFor } from '../stages/http-redirect.js';

const redirectAt = pathSetting(({ model, at }) => readHttpRedirect(model, at));

/** system.webServer/httpRedirect, behind the rules of URL Rewrite. */
export const httpRedirect: PipelineModule = {
  name: 'HttpRedirectionModule',
  implements: ['system.webServer/httpRedirect'],
  onRequest(context) {
    const redirect = redirectFor(redirectAt(context.config), {
      path: context.path,
      query: context.query,
      target: (path) => targetAt(context.snapshot, context.site, path),
    });
    if (redirect === undefined) return 'next';
    context.response.writeHead(redirect.status, { Location: redirect.location, 'Content-Length': 0 });
    context.response.end();
    return 'handled';
  },
};
