import { attribute, findElements } from '../xml/index.js';
import { addFirst, rulesCollection } from './collections.js';
import { firefoxRuleComment, firefoxRuleName, firefoxRuleXml, routePattern, socketIoRoute } from './fragments.js';
import type { PatchStep } from './patch-step.js';
import { sectionsAt } from './sections.js';

/**
 * An app that another module ran gets the rule that corrects upgrades for iisnode, as a new file has it: the others need none. A file of
 * iisnode keeps its rules: the server need not allow their server variables.
 */
export const patchUpgradeRule: PatchStep = (document, { isMoved, transports, upgrades, route = socketIoRoute }) => {
  if (!isMoved || !transports.includes('websocket') || upgrades === 'none') return undefined;
  const isThere = sectionsAt(document, `${rulesCollection.path}/rule`).some((rule) =>
    findElements(rule, 'serverVariables/set').some(
      (set) => attribute(set, 'name')?.toUpperCase() === 'HTTP_CONNECTION',
    ),
  );
  if (isThere) return undefined;
  const pattern = upgrades === 'any' ? '.*' : routePattern(route);
  const xml = (name: string): string => `${firefoxRuleComment}\n${firefoxRuleXml(pattern, name)}`;
  const { edits, name } = addFirst(document, rulesCollection, firefoxRuleName, xml);
  return { edits, changes: [`rules: added "${name}", which corrects Firefox's upgrades for iisnode`] };
};
