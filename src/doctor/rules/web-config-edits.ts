import { changesNoTarget } from '../../webconfig/index.js';
import {
  attribute,
  findElement,
  findElements,
  type InsertWhere,
  insertElementEdit,
  type TextEdit,
  type XmlDocument,
  type XmlElement,
} from '../../xml/index.js';
import type { FileFacts, FixEdit } from '../types.js';

/** Edits of the app's web.config; none when it does not exist or is not well-formed. */
export function editWebConfig(facts: FileFacts, make: (document: XmlDocument) => readonly TextEdit[]): FixEdit[] {
  const { document, file } = facts.webConfig;
  const edits = document ? make(document) : [];
  return edits.length > 0 ? [{ file, edits }] : [];
}

/** The app's <system.webServer>: the one with its handlers, else the first. */
function webServerOf(document: XmlDocument): XmlElement | undefined {
  const all = [
    ...findElements(document.root, 'system.webServer'),
    ...findElements(document.root, 'location')
      .filter((location) => ['', '.'].includes(attribute(location, 'path') ?? '.'))
      .flatMap((location) => findElements(location, 'system.webServer')),
  ];
  return all.find((element) => findElement(element, 'handlers')) ?? all[0];
}

/** XML of nested elements around `inner`, indented by two spaces per level. */
function nestedElements(names: readonly string[], inner: string): string {
  const [name, ...rest] = names;
  if (name === undefined) return inner;
  const body = nestedElements(rest, inner)
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
  return `<${name}>\n${body}\n</${name}>`;
}

/** The first rule that changes where requests go. */
export function firstRoutingRule(rules: XmlElement): XmlElement | undefined {
  return rules.children.find((child) => child.name === 'rule' && !changesNoTarget(child));
}

/** Before the rules that change where requests go, but after every <clear /> and every <remove> of the name, which would remove it. */
export function firstRulePlace(rules: XmlElement, name: string): InsertWhere {
  const { children } = rules;
  const before = firstRoutingRule(rules);
  const last = children.findLast(
    (child) =>
      child.name === 'clear' ||
      (child.name === 'remove' && attribute(child, 'name')?.toLowerCase() === name.toLowerCase()),
  );
  if (last && before && last.span.start > before.span.start) return { after: last };
  if (before) return { before };
  const end = children.at(-1);
  return end ? { after: end } : { at: 'last' };
}

/**
 * Inserts XML below system.webServer at a path of elements, creating those that are missing.
 *
 * @param path ['rewrite', 'rules']; [] for system.webServer itself.
 * @param where The position in the last of them; called only when that exists.
 */
export function insertInWebServer(
  document: XmlDocument,
  path: readonly string[],
  xml: string,
  where: (parent: XmlElement) => InsertWhere = () => ({ at: 'last' }),
): readonly TextEdit[] {
  const webServer = webServerOf(document);
  if (!webServer)
    return insertElementEdit(document, document.root, nestedElements(['system.webServer', ...path], xml), {
      at: 'last',
    });
  let parent = webServer;
  for (const [depth, name] of path.entries()) {
    const child = findElement(parent, name);
    if (!child) return insertElementEdit(document, parent, nestedElements(path.slice(depth), xml), { at: 'last' });
    parent = child;
  }
  return insertElementEdit(document, parent, xml, where(parent));
}

/** The element that starts at a line and column, from an error or an origin. */
export function elementAt(
  document: XmlDocument,
  line: number | undefined,
  column: number | undefined,
): XmlElement | undefined {
  const pending: XmlElement[] = [document.root];
  let onLine: XmlElement | undefined;
  for (let element = pending.pop(); element; element = pending.pop()) {
    const at = document.positionAt(element.span.start);
    if (at.line === line && at.column === column) return element;
    if (at.line === line) onLine = element;
    for (const child of element.children) pending.push(child);
  }
  return onLine;
}
