import type { PipelineModule } from '../pipeline/module.js';
import { pathSetting } from '../pipeline/path-config.js';
import { filterRequest } from '../stages/request-filtering.js';
import { readRequestFiltering } from '../stages/request-filtering-rules.js';
import { maxUrlSegmentsOf } from '../stages/server-facts.js';

/** Request filtering's rules, read once for each path. */
export const requestFilteringAt = pathSetting(({ model, at }) => readRequestFiltering(model, at));

/** Runs before the rules of URL Rewrite, on the URL as sent; a URL that a rule made is not filtered again. */
export const requestFiltering: PipelineModule = {
  name: 'RequestFilteringModule',
  implements: ['system.webServer/security/requestFiltering'],
  check: requestFilteringAt,
  onRequest(context) {
    const request = {
      method: context.incoming.method ?? 'GET',
      rawPath: context.rawPath,
      path: context.path,
      query: context.query,
      headers: context.incoming.headers,
      maxUrlSegments: maxUrlSegmentsOf(context.config.model, context.site),
    };
    return filterRequest(request, requestFilteringAt(context.config)) ?? 'next';
  },
};
