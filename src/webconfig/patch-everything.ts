import {
  attribute,
  escapeAttribute,
  findElement,
  insertElementEdit,
  type XmlDocument,
  type XmlElement,
} from '../xml/index.js';
import { changesNoTarget, rulesCollection } from './collections.js';
import {
  everythingRuleComment,
  everythingRuleName,
  everythingRuleXml,
  staticRuleComment,
  staticRuleName,
  staticRuleXml,
} from './fragments.js';
import { iisnodeHandlers } from './handlers.js';
import type { PatchStep } from './patch-step.js';
import { routesOf } from './routes.js';
import { insertIntoSection, sectionsAt } from './sections.js';
import type { WebConfigWants } from './types.js';

/** Does the file already run an app in iisnode, or decide where requests go? Then its rules are kept. */
export function hasAppOrRouting(document: XmlDocument): boolean {
  const handlers = sectionsAt(document, 'system.webServer/handlers/add');
  const isNamed = handlers.some((add) => attribute(add, 'name') === 'iisnode');
  return isNamed || iisnodeHandlers(document).length > 0 || rulesIn(document).some(routes);
}

const rulesIn = (document: XmlDocument): readonly XmlElement[] => sectionsAt(document, `${rulesCollection.path}/rule`);

/** Not a redirect, after which the client sends another request, nor a rule that only changes headers. */
const routes = (rule: XmlElement): boolean => !changesNoTarget(rule) && actionOf(rule).type !== 'redirect';

function actionOf(rule: XmlElement): { readonly type: string; readonly url: string } {
  const action = findElement(rule, 'action');
  const type = (action && attribute(action, 'type')) ?? 'None';
  return { type: type.toLowerCase(), url: (action && attribute(action, 'url')) ?? '' };
}

/** Typical files of an app. */
const probes = ['package.json', 'config.json', 'a/b.js', '.env', 'notes'];

/** Does a file of the folder go to IIS's static file handler, or to a rule of the existing file? */
export function leavesFilesToIis(document: XmlDocument, { entry, vdirPath }: WebConfigWants): boolean {
  const { target } = routesOf(document, vdirPath, (file) => probes.includes(file));
  return !probes.every((url) => target(url)?.toLowerCase() === entry.toLowerCase());
}

/**
 * If there was no app, every URL goes to the entry point: the rule is added below existing redirects. If that rule exists, the
 * folders that IIS should serve get their rules above it.
 */
export const patchEverythingRule: PatchStep = (document, wants) => {
  const { entry, isNew, staticFolders = [] } = wants;
  const rules = rulesIn(document);
  const own = rules.find((rule) => attribute(rule, 'name') === everythingRuleName && actionOf(rule).url === entry);
  if (own?.parent) {
    const names = rules.map((rule) => attribute(rule, 'name'));
    const missing = staticFolders.find((folder) => !names.includes(staticRuleName(folder)));
    if (!missing) return undefined;
    const xml = `${staticRuleComment(missing)}\n${withRemove(staticRuleName(missing), staticRuleXml(missing, entry))}`;
    return {
      edits: insertElementEdit(document, own.parent, xml, { before: own }),
      changes: [`rules: added "${staticRuleName(missing)}": IIS serves the files of ${missing.folder}`],
    };
  }
  if (!isNew || !leavesFilesToIis(document, wants)) return undefined;
  const xml = `${everythingRuleComment}\n${withRemove(everythingRuleName, everythingRuleXml(everythingRuleName, entry))}`;
  return {
    edits: insertIntoSection(document, rulesCollection.path, xml),
    changes: [
      `rules: added "${everythingRuleName}": every URL goes to ${entry}, and IIS serves no files of the folder`,
    ],
  };
};

/** Removing a missing entry has no effect, but adding one that an application above already has is a 500.19. */
const withRemove = (name: string, xml: string): string => `<remove name="${escapeAttribute(name)}" />\n${xml}`;
