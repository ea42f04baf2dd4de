import {
  attribute,
  findElement,
  type InsertWhere,
  insertElementEdit,
  type TextEdit,
  type XmlDocument,
  type XmlElement,
} from '../xml/index.js';
import { insertIntoSection, sectionAt, sectionsAt } from './sections.js';

/** A collection of the configuration: its path, its entries' element, and the attribute that is their key. */
export interface Collection {
  readonly path: string;
  readonly entry: string;
  readonly key: string;
}

export const handlersCollection: Collection = { path: 'system.webServer/handlers', entry: 'add', key: 'name' };
export const rulesCollection: Collection = { path: 'system.webServer/rewrite/rules', entry: 'rule', key: 'name' };
export const appSettingsCollection: Collection = { path: 'appSettings', entry: 'add', key: 'key' };

/** The entries that remain after the file's own `<clear />` and `<remove>`, which remove entries above them. */
export function entriesLeft(document: XmlDocument, { path, entry, key }: Collection): readonly XmlElement[] {
  let entries: XmlElement[] = [];
  for (const element of sectionsAt(document, path).flatMap(({ children }) => children)) {
    if (element.name === 'clear') entries = [];
    else if (element.name === 'remove') {
      const removed = attribute(element, key)?.toLowerCase();
      entries = entries.filter((candidate) => attribute(candidate, key)?.toLowerCase() !== removed);
    } else if (element.name === entry) entries.push(element);
  }
  return entries;
}

/** What `addFirst` added. */
export interface Added {
  readonly edits: readonly TextEdit[];
  readonly name: string;
}

/**
 * Adds an entry above all other effective ones, with a `<remove>` in front in case a level above has an entry of the same name.
 *
 * @param wanted Its name; a number is added if the file already uses the name.
 * @param xml Returns the entry for a name, with its comment first.
 * @param after An entry to add it after instead.
 */
export function addFirst(
  document: XmlDocument,
  collection: Collection,
  wanted: string,
  xml: (name: string) => string,
  after?: XmlElement,
): Added {
  const section = sectionAt(document, collection.path);
  const { where, above, below } = section
    ? firstPlace(section, collection, after)
    : { where: undefined, above: new Set<string>(), below: new Set<string>() };
  const taken = sectionsAt(document, `${collection.path}/${collection.entry}`).map((entry) =>
    attribute(entry, collection.key)?.toLowerCase(),
  );
  const separator = wanted.includes('.') || collection === rulesCollection ? ' ' : '-';
  let name = wanted;
  for (let number = 2; taken.includes(name.toLowerCase()) || below.has(name.toLowerCase()); number++) {
    name = `${wanted}${separator}${number}`;
  }
  const full = above.has(name.toLowerCase()) ? xml(name) : `<remove ${collection.key}="${name}" />\n${xml(name)}`;
  const edits =
    section && where
      ? insertElementEdit(document, section, full, where)
      : insertIntoSection(document, collection.path, full);
  return { edits, name };
}

/** A rewrite rule that changes a header or a variable and continues: rules below it depend on it. */
export function changesNoTarget(element: XmlElement): boolean {
  if (element.name !== 'rule') return false;
  const action = findElement(element, 'action');
  const type = (action && attribute(action, 'type')) ?? 'None';
  return type === 'None' && attribute(element, 'stopProcessing')?.toLowerCase() !== 'true';
}

interface Place {
  readonly where: InsertWhere;
  /** Names removed before and after that position. */
  readonly above: ReadonlySet<string>;
  readonly below: ReadonlySet<string>;
}

/** After the last `<clear />`, before the first following entry that changes where requests go. */
function firstPlace({ children }: XmlElement, { entry, key }: Collection, after: XmlElement | undefined): Place {
  const clear = children.findLastIndex(({ name }) => name === 'clear');
  const first = children.findIndex((child, index) => index > clear && child.name === entry && !changesNoTarget(child));
  const beside = after ? children.indexOf(after) : -1;
  const removed = (from: number, to?: number): ReadonlySet<string> =>
    new Set(
      children
        .slice(from, to)
        .filter(({ name }) => name === 'remove')
        .map((element) => (attribute(element, key) ?? '').toLowerCase()),
    );
  if (after && beside > clear) return { where: { after }, above: removed(0, beside), below: removed(beside + 1) };
  const before = children[first];
  if (before) return { where: { before }, above: removed(clear + 1, first), below: removed(first) };
  return { where: { at: 'last' }, above: removed(clear + 1), below: new Set() };
}
