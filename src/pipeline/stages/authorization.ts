import { pathSetting } from '../path-config.js';
import { readAuthentication } from '../sections/authentication.js';
import { authorizationRefusal, readAuthorization } from '../sections/authorization.js';
import type { Stage } from '../stage.js';
import { stepAt } from '../step.js';

const authorizationAt = pathSetting(({ model, at }) => readAuthorization(model, at));
const authenticationAt = pathSetting(({ model, at }) => readAuthentication(model, at));

/** Which of those who ask may have the URL: the rules of URL Authorization, at the URL that the rewrite rules have made. */
export const authorization: Stage = {
  name: 'UrlAuthorizationModule',
  implements: ['system.webServer/security/authorization'],
  check: authorizationAt,
  decide(journey) {
    const { config, request } = journey;
    const refused = authorizationRefusal(
      authorizationAt(config),
      request.method,
      () => authenticationAt(config).challenges,
    );
    if (refused === undefined) return undefined;
    journey.note(() => stepAt('authorization', { matched: false, note: refused.detail }, refused.origin));
    return { kind: 'error', failure: refused };
  },
};
