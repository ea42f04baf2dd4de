import {
  attribute,
  findElement,
  findElements,
  insertElementEdit,
  type TextEdit,
  type XmlDocument,
  type XmlElement,
} from '../xml/index.js';

/** Elements whose content is for the folder of the web.config itself: the root, and `<location>` without a deeper path. */
function scopes(document: XmlDocument): readonly XmlElement[] {
  const own = findElements(document.root, 'location').filter((location) =>
    ['', '.'].includes(attribute(location, 'path') ?? '.'),
  );
  return [document.root, ...own];
}

/** All elements at this path that apply to the web.config's own folder, also those inside `<location path=".">`. */
export function sectionsAt(document: XmlDocument, path: string): readonly XmlElement[] {
  return scopes(document).flatMap((scope) => findElements(scope, path));
}

/** The first of them. */
export function sectionAt(document: XmlDocument, path: string): XmlElement | undefined {
  return sectionsAt(document, path)[0];
}

/**
 * Adds XML at the end of a section, creating it and its parents where they are missing.
 *
 * @param path 'system.webServer/handlers'
 * @param options `near`: a child of the root; new elements are inserted before it.
 */
export function insertIntoSection(
  document: XmlDocument,
  path: string,
  xml: string,
  options: { readonly near?: XmlElement | undefined } = {},
): readonly TextEdit[] {
  const names = path.split('/');
  for (let depth = names.length; depth > 0; depth--) {
    const parent = sectionAt(document, names.slice(0, depth).join('/'));
    if (parent) return insertElementEdit(document, parent, nestedSections(names.slice(depth), xml), { at: 'last' });
  }
  // If the file has its own settings in a location, IIS refuses a section in both places.
  const inside = scopes(document).find((scope) => scope !== document.root && findElement(scope, 'system.webServer'));
  const parent = names[0] === 'system.webServer' && inside ? inside : document.root;
  const { near } = options;
  const where = near?.parent === parent ? ({ before: near } as const) : ({ at: 'last' } as const);
  return insertElementEdit(document, parent, nestedSections(names, xml), where);
}

/** XML inside of elements of these names, the outermost first. */
function nestedSections(names: readonly string[], xml: string): string {
  return names.reduceRight((inner, name) => {
    const body = inner
      .split('\n')
      .map((line) => `  ${line}`)
      .join('\n');
    return `<${name}>\n${body}\n</${name}>`;
  }, xml);
}
