import type { RewriteRule } from '../rewrite/index.js';
import { routePattern, socketIoRoute } from './fragments.js';

/**
 * The URL of plain WebSockets below the app's own URL ('stream'): from the rule that corrects Firefox's upgrades. Undefined
 * where that rule is for socket.io, or missing.
 */
export function plainRouteOf(rules: readonly Pick<RewriteRule, 'match' | 'serverVariables'>[]): string | undefined {
  const upgrades = rules.find(({ serverVariables }) =>
    serverVariables.some(({ name }) => /^HTTP_CONNECTION$/i.test(name)),
  );
  const pattern = upgrades?.match?.url ?? '';
  const route = pattern.slice(1, -'(/|$)'.length).replace(/\\(.)/g, '$1');
  return pattern === routePattern(route) && route !== socketIoRoute ? route : undefined;
}
