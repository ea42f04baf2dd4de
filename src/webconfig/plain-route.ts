import { attribute, findElement, findElements, type XmlDocument } from '../xml/index.js';
import { routePattern, socketIoRoute } from './fragments.js';
import { sectionsAt } from './sections.js';

/**
 * The one URL below the app's own where plain WebSockets come in ('stream'): the rule says it that makes upgrades of what
 * Firefox sends. Undefined where that is socket.io's, or no rule says it.
 */
export function plainRouteIn(document: XmlDocument): string | undefined {
  const rules = sectionsAt(document, 'system.webServer/rewrite/rules/rule');
  const upgrades = rules.find((rule) =>
    findElements(rule, 'serverVariables/set').some((set) => /^HTTP_CONNECTION$/i.test(attribute(set, 'name') ?? '')),
  );
  const match = upgrades && findElement(upgrades, 'match');
  const pattern = (match && attribute(match, 'url')) ?? '';
  const route = pattern.slice(1, -'(/|$)'.length).replace(/\\(.)/g, '$1');
  return pattern === routePattern(route) && route !== socketIoRoute ? route : undefined;
}
