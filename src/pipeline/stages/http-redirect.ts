import { pathSetting } from '../path-config.js';
import { readHttpRedirect, redirectFor } from '../sections/http-redirect.js';
import type { Stage } from '../stage.js';
import { stepAt } from '../step.js';

const redirectAt = pathSetting(({ model, at }) => readHttpRedirect(model, at));

/** system.webServer/httpRedirect, after the rules of URL Rewrite. */
export const httpRedirect: Stage = {
  name: 'HttpRedirectionModule',
  implements: ['system.webServer/httpRedirect'],
  decide(journey) {
    const { path, query } = journey;
    const settings = redirectAt(journey.config);
    const redirect = redirectFor(settings, { path, query, target: (urlPath) => journey.targetAt(urlPath) });
    if (redirect === undefined) return undefined;
    journey.note(() => stepAt('http-redirect', { matched: true, result: redirect.location }, settings.origin));
    return { kind: 'redirect', ...redirect, by: 'http-redirect' };
  },
};
