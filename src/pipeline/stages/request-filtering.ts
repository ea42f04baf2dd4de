import { pathSetting } from '../path-config.js';
import { filterRequest } from '../sections/request-filtering.js';
import { readRequestFiltering } from '../sections/request-filtering-rules.js';
import { maxUrlSegmentsOf } from '../sections/server-facts.js';
import type { Stage } from '../stage.js';
import { stepAt } from '../step.js';

/** Request filtering's rules, read once per path. Throws ConfigError. */
export const requestFilteringAt = pathSetting(({ model, at }) => readRequestFiltering(model, at));

/** Runs before the rules of URL Rewrite, on the URL as sent; a rewritten URL is not filtered again. */
export const requestFiltering: Stage = {
  name: 'RequestFilteringModule',
  implements: ['system.webServer/security/requestFiltering'],
  check: requestFilteringAt,
  decide(journey) {
    const { request, config, path, query } = journey;
    const { method, rawUrl, headers } = request;
    const mark = rawUrl.indexOf('?');
    const rawPath = mark < 0 ? rawUrl : rawUrl.slice(0, mark);
    const maxUrlSegments = maxUrlSegmentsOf(config.model, journey.site);
    const denied = filterRequest({ method, rawPath, path, query, headers, maxUrlSegments }, requestFilteringAt(config));
    journey.note(() => {
      const said = { matched: denied !== undefined, input: path, note: denied?.detail ?? 'let through' };
      return stepAt('request-filtering', said, denied?.origin);
    });
    return denied && { kind: 'error', failure: denied };
  },
};
