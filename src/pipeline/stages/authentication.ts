import { pathSetting } from '../path-config.js';
import { readAuthentication, refusalFor } from '../sections/authentication.js';
import type { Stage } from '../stage.js';
import { stepAt } from '../step.js';

const authenticationAt = pathSetting(({ model, at }) => readAuthentication(model, at));
const names = ['anonymous', 'basic', 'digest', 'windows', 'clientCertificateMapping', 'iisClientCertificateMapping'];

/** Who may ask, at the URL that the rules have made: the embedded IIS has no accounts, so that only anonymous clients get further. */
export const authentication: Stage = {
  name: 'AnonymousAuthenticationModule',
  implements: names.map((name) => `system.webServer/security/authentication/${name}Authentication`),
  check: authenticationAt,
  decide(journey) {
    const refused = refusalFor(authenticationAt(journey.config), journey.request.headers.authorization);
    if (refused === undefined) return undefined;
    journey.note(() => stepAt('authentication', { matched: false, note: refused.detail }, refused.origin));
    return { kind: 'error', failure: refused };
  },
};
