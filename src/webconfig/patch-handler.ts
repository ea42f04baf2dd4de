import { attribute, setAttributeEdit, type XmlDocument, type XmlElement } from '../xml/index.js';
import { addFirst, entriesLeft, handlersCollection } from './collections.js';
import { handlerXml } from './fragments.js';
import { handlerFor, handlerPathMatches, iisnodeHandlers, listed } from './handlers.js';
import type { PatchChange, PatchStep } from './patch-step.js';

/** A handler mapping of the entry point to iisnode. */
export const patchHandler: PatchStep = (document, wants) => {
  const present = handlerFor(document, wants.entry);
  if (present) {
    if (present.verb === '*') return undefined;
    const needed = ['GET', 'POST'].every((verb) => listed(present.verb).includes(verb));
    if (needed) return undefined;
    return set(document, present.element, 'verb', '*', `handler "${present.name}": verb is "*", was "${present.verb}"`);
  }
  return (
    fixHandlerPath(document, wants.entry) ?? fixHandlerModules(document, wants.entry) ?? add(document, wants.entry)
  );
};

/** `./server.js`, `\server.js` and `/server.js` never match a URL (tjanczuk/iisnode#280, #338). */
function fixHandlerPath(document: XmlDocument, entry: string): PatchChange | undefined {
  for (const { element, name, paths } of iisnodeHandlers(document)) {
    const corrected = paths.map((path) => (plain(path) === entry.toLowerCase() ? entry : path));
    if (!corrected.includes(entry)) continue;
    const before = attribute(element, 'path');
    return set(
      document,
      element,
      'path',
      corrected.join(','),
      `handler "${name}": path is "${entry}", was "${before}", which never matches`,
    );
  }
  return undefined;
}

function plain(path: string): string {
  return path
    .replaceAll('\\', '/')
    .replace(/^(?:\.?\/)+/, '')
    .toLowerCase();
}

/** Without `modules` the managed pipeline would handle the request. */
function fixHandlerModules(document: XmlDocument, entry: string): PatchChange | undefined {
  const element = entriesLeft(document, handlersCollection).find(
    (candidate) =>
      attribute(candidate, 'name') === 'iisnode' &&
      ['modules', 'type', 'scriptProcessor'].every((name) => attribute(candidate, name) === undefined) &&
      listed(attribute(candidate, 'path')).some((path) => handlerPathMatches(path, entry)),
  );
  return element && set(document, element, 'modules', 'iisnode', 'handler "iisnode": added modules="iisnode"');
}

/** The first handler that matches gets the request: ours must be above those that match everything. */
function add(document: XmlDocument, entry: string): PatchChange {
  const { edits, name } = addFirst(document, handlersCollection, 'iisnode', (free) => handlerXml(free, entry));
  return { edits, changes: [`handlers: added "${name}", which maps ${entry} to iisnode`] };
}

function set(document: XmlDocument, element: XmlElement, name: string, value: string, change: string): PatchChange {
  return { edits: setAttributeEdit(document, element, name, value), changes: [change] };
}
