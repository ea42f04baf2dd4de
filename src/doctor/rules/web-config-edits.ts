import {
  attribute,
  find,
  findAll,
  type InsertWhere,
  insertElementEdit,
  type TextEdit,
  type XmlDocument,
  type XmlElement,
} from '../../xml/index.js';
import type { Facts, FixEdit } from '../types.js';

/** Edits of the app's web.config; nothing when it is not there or not well-formed. */
export function editWebConfig(facts: Facts, make: (document: XmlDocument) => readonly TextEdit[]): FixEdit[] {
  const { document, file } = facts.webConfig;
  const edits = document ? make(document) : [];
  return edits.length > 0 ? [{ file, edits }] : [];
}

/** The <system.webServer> that counts for the app: the one with its handlers, else the first. */
function webServerOf(document: XmlDocument): XmlElement | undefined {
  const all = [
    ...findAll(document.root, 'system.webServer'),
    ...findAll(document.root, 'location')
      .filter((location) => ['', '.'].includes(attribute(location, 'path') ?? '.'))
      .flatMap((location) => findAll(location, 'system.webServer')),
  ];
  return all.find((element) => find(element, 'handlers')) ?? all[0];
}

/** XML of nested elements around `inner`, two spaces a level. */
function nested(names: readonly string[], inner: string): string {
  const [name, ...rest] = names;
  if (name === undefined) return inner;
  const body = nested(rest, inner)
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
  return `<${name}>\n${body}\n</${name}>`;
}

/**
 * Inserts XML below system.webServer at a path of elements, making those that are missing.
 *
 * @param path ['rewrite', 'rules']; [] for system.webServer itself.
 */
export function insertInWebServer(
  document: XmlDocument,
  path: readonly string[],
  xml: string,
  where: InsertWhere,
): readonly TextEdit[] {
  const webServer = webServerOf(document);
  if (!webServer)
    return insertElementEdit(document, document.root, nested(['system.webServer', ...path], xml), { at: 'last' });
  let parent = webServer;
  for (const [depth, name] of path.entries()) {
    const child = find(parent, name);
    if (!child) return insertElementEdit(document, parent, nested(path.slice(depth), xml), { at: 'last' });
    parent = child;
  }
  // What stands above a <clear /> is lost, so the first place is behind it.
  const clear = find(parent, 'clear');
  const first = 'at' in where && where.at === 'first';
  return insertElementEdit(document, parent, xml, clear && first ? { after: clear } : where);
}

/** The element that starts at a line and column, as an error or an origin names it. */
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
    pending.push(...element.children);
  }
  return onLine;
}
