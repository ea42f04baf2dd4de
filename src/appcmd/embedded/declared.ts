import { type SectionSchema, sectionSchemas } from '../../config/index.js';
import { attribute, findElement, type XmlElement } from '../../xml/index.js';
import type { HostFile } from './host-file.js';
import { sameName } from './objects.js';
import { configurationError, unknownSection } from './refusal.js';

/**
 * The section of that path, which needs a schema and a declaration (iis.md 3.1): a server without iisnode or URL Rewrite declares
 * none of their sections. @throws Refusal exit 87 for an unknown section.
 */
export function requiredSection(file: HostFile, path: string | undefined): SectionSchema {
  const found = sectionSchemas.find((section) => path !== undefined && sameName(section.path, path));
  if (found === undefined || !isDeclared(file, found)) throw unknownSection(path ?? '');
  return found;
}

/** .NET's own sections are declared in machine.config, which is no file of ours. */
const isDeclared = (file: HostFile, section: SectionSchema): boolean =>
  section.product === 'machine' || declarationOf(file, section) !== undefined;

/** The `<section>` in the file's configSections. */
export function declarationOf(file: HostFile, { path }: Pick<SectionSchema, 'path'>): XmlElement | undefined {
  const parts = path.split('/');
  let at: XmlElement | undefined = findElement(file.root, 'configSections');
  for (const [index, name] of parts.entries()) {
    const kind = index === parts.length - 1 ? 'section' : 'sectionGroup';
    at = at?.children.find((child) => child.name === kind && attribute(child, 'name') === name);
  }
  return at;
}

const machinePaths = sectionSchemas.filter(({ product }) => product === 'machine').map(({ path }) => path);
const groupsOf = (path: string): string[] =>
  path.split('/').flatMap((_, index, parts) => (index === 0 ? [] : [parts.slice(0, index).join('/')]));
const machineGroups = machinePaths.flatMap(groupsOf);

/**
 * Undeclared elements fail when the file is loaded (iis.md 3.2), whatever the command asks for.
 * @throws Refusal exit 13 with the line of the first one.
 */
export function requireDeclaredElements(file: HostFile): void {
  const declared = new Set(machinePaths);
  const groups = new Set(machineGroups);
  const declare = (element: XmlElement, above: string): void => {
    for (const child of element.children) {
      const path = joined(above, attribute(child, 'name') ?? '');
      if (child.name === 'section') declared.add(path);
      if (child.name !== 'sectionGroup') continue;
      groups.add(path);
      declare(child, path);
    }
  };
  const sections = findElement(file.root, 'configSections');
  if (sections !== undefined) declare(sections, '');
  const check = (element: XmlElement, above: string): void => {
    for (const child of element.children) {
      const path = joined(above, child.name);
      if (above === '' && child.name === 'location') check(child, '');
      else if (groups.has(path) && !declared.has(path)) check(child, path);
      else if (!declared.has(path) && path !== 'configSections') throw undeclared(file, child, path);
    }
  };
  check(file.root, '');
}

const joined = (above: string, name: string): string => (above === '' ? name : `${above}/${name}`);

const undeclared = (file: HostFile, element: XmlElement, path: string) =>
  configurationError(
    file.file,
    file.document.positionAt(element.span.start).line,
    `The configuration section '${path}' cannot be read because it is missing a section declaration`,
  );
