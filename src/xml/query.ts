import type { XmlElement } from './types.js';

/**
 * Elements below `element` along a path of names, in document order. Names are case-sensitive, as in IIS.
 *
 * @param path 'system.webServer/handlers/add'; each part one level deeper.
 */
export function findElements(element: XmlElement, path: string): readonly XmlElement[] {
  let level: readonly XmlElement[] = [element];
  for (const name of path.split('/')) {
    level = level.flatMap(({ children }) => children.filter((child) => child.name === name));
  }
  return level;
}

/** The first element that `findElements` gives. */
export function findElement(element: XmlElement, path: string): XmlElement | undefined {
  return findElements(element, path)[0];
}

/** An attribute's value with its entities decoded; undefined when the element has none of that name. */
export function attribute(element: XmlElement, name: string): string | undefined {
  return element.attributes.find((candidate) => candidate.name === name)?.value;
}
