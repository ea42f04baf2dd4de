import {
  attribute,
  findElement,
  findElements,
  insertElementEdit,
  setAttributeEdit,
  type XmlElement,
} from '../xml/index.js';
import { compressionXml, entryLocationXml } from './fragments.js';
import type { PatchStep } from './patch-step.js';
import { sectionsAt } from './sections.js';

const changes = ["urlCompression: off for node's responses, so that IIS does not buffer them to compress them"];

/** If clients poll: no dynamic compression of node's responses, unless it is already configured. */
export const patchCompression: PatchStep = (document, { entry, transports }) => {
  if (!transports.includes('polling')) return undefined;
  if (sectionsAt(document, 'system.webServer/urlCompression').some(isOff)) return undefined;
  const locations = findElements(document.root, 'location').filter((each) => isFor(each, entry));
  const written = locations.flatMap((each) => findElements(each, 'system.webServer/urlCompression'));
  if (written.some((each) => attribute(each, 'doDynamicCompression') !== undefined)) return undefined;
  const [section] = written;
  if (section) return { edits: setAttributeEdit(document, section, 'doDynamicCompression', 'false'), changes };
  const [location] = locations;
  const group = location && findElement(location, 'system.webServer');
  const [parent, xml] = group
    ? [group, compressionXml]
    : location
      ? [location, `<system.webServer>\n  ${compressionXml}\n</system.webServer>`]
      : [document.root, entryLocationXml(entry)];
  return { edits: insertElementEdit(document, parent, xml, { at: 'last' }), changes };
};

const isOff = (section: XmlElement): boolean => attribute(section, 'doDynamicCompression')?.toLowerCase() === 'false';

function isFor(location: XmlElement, entry: string): boolean {
  const path = (attribute(location, 'path') ?? '').replaceAll('\\', '/').replace(/^\/+/, '');
  return path.toLowerCase() === entry.toLowerCase();
}
