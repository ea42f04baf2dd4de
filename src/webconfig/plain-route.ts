import { attribute, findElement, findElements, type XmlDocument } from '../xml/index.js';
import { routePattern, socketIoRoute } from './fragments.js';
import { sectionsAt } from './sections.js';

/**
 * The URL of plain WebSockets below the app's own URL ('stream'): from the rule that corrects Firefox's upgrades. Undefined
 * where that rule is for socket.io, or missing.
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
