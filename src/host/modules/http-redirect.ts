import { targetAt } from '../pipeline/disk.js';
import type { PipelineModule } from '../pipeline/module.js';
import { pathSetting } from '../pipeline/path-config.js';

interface HttpRedirect {
  readonly enabled: boolean;
  readonly destination: string;
  readonly exactDestination: boolean;
  readonly childOnly: boolean;
  readonly status: number;
  /** URL path of the level that set it. */
  readonly basePath: string;
}

const statuses: Readonly<Record<string, number>> = { Permanent: 301, Found: 302, Temporary: 307, PermRedirect: 308 };

const redirectAt = pathSetting(({ model, at }): HttpRedirect => {
  const section = model.effective('system.webServer/httpRedirect', at);
  return {
    enabled: section.boolean('enabled'),
    destination: section.string('destination'),
    exactDestination: section.boolean('exactDestination'),
    childOnly: section.boolean('childOnly'),
    status: statuses[section.string('httpResponseStatus')] ?? 302,
    basePath: section.origin('destination')?.basePath ?? '',
  };
});

/** system.webServer/httpRedirect (learn.microsoft.com, "HTTP Redirects"): all of a level, or its files only, to one address. */
export const httpRedirect: PipelineModule = {
  name: 'HttpRedirectionModule',
  implements: ['system.webServer/httpRedirect'],
  onRequest(context) {
    const redirect = redirectAt(context.config);
    if (!redirect.enabled || redirect.destination === '') return 'next';
    const rest = context.path.slice(redirect.basePath.length).replace(/^\/+/, '');
    if (
      redirect.childOnly &&
      (rest.includes('/') || targetAt(context.snapshot, context.site, context.path) === 'directory')
    ) {
      return 'next';
    }
    const query = context.query === '' ? '' : `?${context.query}`;
    const relative = redirect.exactDestination ? '' : `/${encodeURI(rest)}${query}`;
    const location = redirect.destination
      .replace(/\$V/g, `/${encodeURI(rest)}`)
      .replace(/\$S/g, encodeURI(context.path))
      .replace(/\$Q/g, query);
    context.response.writeHead(redirect.status, {
      Location: redirect.exactDestination ? location : location.replace(/\/$/, '') + relative,
      'Content-Length': 0,
    });
    context.response.end();
    return 'handled';
  },
};
