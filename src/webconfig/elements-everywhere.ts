import { findElements, type XmlElement } from '../xml/index.js';

/**
 * The elements at a path of a configuration file, then those in its <location> elements.
 * @param path 'system.webServer/handlers/add'
 */
export const elementsEverywhere = (root: XmlElement, path: string): readonly XmlElement[] =>
  ['', 'location/'].flatMap((above) => findElements(root, `${above}${path}`));
