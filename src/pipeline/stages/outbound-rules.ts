import { compileOutbound, readRewriteConfig } from '../../rewrite/index.js';
import { pathSetting } from '../path-config.js';
import type { Stage } from '../stage.js';

/** The outbound rules of a path, compiled; undefined where none is enabled. Throws ConfigError. */
export const outboundRulesAt = pathSetting(({ model, at }) => {
  const config = readRewriteConfig(model, at);
  return (config.outbound?.rules ?? []).some(({ enabled }) => enabled) ? compileOutbound(config) : undefined;
});

/** From here on the outbound rules at the place where a request ends change every answer, including IIS's own. */
export const outboundRules: Stage = {
  name: 'RewriteModule (outbound rules)',
  implements: ['system.webServer/rewrite/outboundRules'],
  check: outboundRulesAt,
  decide(journey) {
    journey.reachedOutbound = true;
    return undefined;
  },
};
