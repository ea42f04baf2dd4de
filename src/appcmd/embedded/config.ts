import type { SectionSchema } from '../../config/index.js';
import { withoutEnd } from '../../trimmed.js';
import { attribute, escapeAttribute, findElement, findElements, type XmlElement } from '../../xml/index.js';
import { appcmdExit } from '../failure.js';
import type { CommandLine } from './command-line.js';
import { takeParameters } from './common.js';
import { requiredSection } from './declared.js';
import type { Address, HostFile } from './host-file.js';
import { envelope, renderElement } from './listing.js';
import { listAppObjects, listSiteObjects, sameName } from './objects.js';
import { lockState, type OverrideMode, sectionElements, setOverrideMode } from './override-mode.js';
import { applyProperties, byName } from './properties.js';
import { noSuchObject, Refusal, unknownAttribute } from './refusal.js';
import { type Answer, lines, type Verbs, type World } from './world.js';

const server = 'MACHINE/WEBROOT/APPHOST';

/** Verbs of `config`. The embedded appcmd reads and writes applicationHost.config; web.config files are the app's own. */
export const configVerbs: Verbs = {
  list: (world, line) => {
    const path = configPath(world, line);
    const schemas = line.section === undefined ? setSections(world.file) : [requiredSection(world.file, line.section)];
    const shown = schemas.map((section) => {
      const elements = sectionElements(world.file, section, path);
      return line.format === 'xml'
        ? configXml(world.file, section, path, elements, line)
        : nestedXml(section.path, renderSection(section, elements, line));
    });
    return { stdout: line.format === 'xml' ? envelope(shown) : shown.map((text) => `${text}\n`).join('') };
  },
  set: (world, line) => {
    const section = requiredSection(world.file, line.section);
    const path = writablePath(world, line);
    const { taken, rest } = takeParameters(line.parameters, ['overridemode']);
    const mode = taken.get('overridemode');
    if (mode !== undefined) setOverrideMode(world.file, section, path, overrideMode(mode));
    if (rest.length > 0 || mode === undefined) {
      if (section.element === undefined) throw unknownAttribute(rest[0]?.name ?? '');
      applyProperties(world.file, sectionAddress(world.file, section, path), section.element, rest);
    }
    return applied(section, path);
  },
  clear: (world, line) => clear(world, line),
  reset: (world, line) => clear(world, line),
  lock: (world, line) => changeLock(world, line, 'Deny'),
  unlock: (world, line) => changeLock(world, line, 'Allow'),
  search: (world, line) => search(world, line),
};

function changeLock(world: World, line: CommandLine, mode: OverrideMode): Answer {
  const section = requiredSection(world.file, line.section);
  const path = configPath(world, line);
  setOverrideMode(world.file, section, path, mode);
  const word = mode === 'Allow' ? 'Unlocked' : 'Locked';
  return lines(`${word} section "${section.path}" at configuration path "${fullPath(path)}".`);
}

function clear(world: World, line: CommandLine): Answer {
  const section = requiredSection(world.file, line.section);
  const path = writablePath(world, line);
  const element = ownElement(world.file, section, path);
  if (element !== undefined) {
    const address = world.file.addressOf(element);
    world.file.remove(address);
    dropEmptyGroups(world.file, address.slice(0, -1));
  }
  return applied(section, path);
}

/** A section group exists for its sections: without one it goes too. */
function dropEmptyGroups(file: HostFile, from: Address): void {
  for (let at = from; at.length > 1; at = at.slice(0, -1)) {
    if (file.at(at).endTag !== undefined) return; // it has content: an element, or a comment of the user
    file.remove(at);
  }
}

const applied = (section: SectionSchema, path: string): Answer =>
  lines(
    `Applied configuration changes to section "${section.path}" for "${fullPath(path)}" at configuration commit path "${server}"`,
  );

const fullPath = (path: string): string => (path === '' ? server : `${server}/${path}`);

function overrideMode(text: string): OverrideMode {
  const mode = (['Allow', 'Deny'] as const).find((one) => sameName(one, text));
  if (mode === undefined) throw unknownAttribute('overrideMode');
  return mode;
}

/** '' for the server, else `Site/app`; the site must exist. */
function configPath(world: World, line: CommandLine): string {
  const given = withoutEnd((line.identifier ?? '').replace(/^MACHINE\/WEBROOT\/APPHOST\/?/i, ''), '/');
  const sites = listSiteObjects(world.file, world.running);
  const url = /^https?:\/\/[^/]+(\/.*)?$/i.exec(given);
  if (url !== null) {
    const site = sites[0]; // one listener is used for all bindings
    return site === undefined ? '' : `${site.name}${withoutEnd(url[1] ?? '', '/')}`;
  }
  if (given === '') return '';
  const name = given.split('/')[0] ?? '';
  const site = sites.find((candidate) => sameName(candidate.name, name));
  if (site === undefined) throw noSuchObject('SITE', name);
  const app = listAppObjects(world.file).find((candidate) => sameName(candidate.name, given));
  return app?.name ?? `${site.name}${given.slice(name.length)}`;
}

/** Below the server level a change goes to a web.config, which belongs to the app, unless `/commit:apphost` is given. */
function writablePath(world: World, line: CommandLine): string {
  const path = configPath(world, line);
  const commit = line.commit?.toLowerCase();
  if (path !== '' && commit !== 'apphost' && commit !== server.toLowerCase()) {
    throw new Refusal(
      appcmdExit.notSupported,
      "The embedded IIS's appcmd changes applicationHost.config only: edit the web.config, or add /commit:apphost.",
    );
  }
  return path;
}

/** The section's elements for exactly this level. */
function ownElement(file: HostFile, section: SectionSchema, path: string): XmlElement | undefined {
  const all = sectionElements(file, section, path);
  const last = all.at(-1);
  if (last === undefined || path === '') return last;
  const location = topOf(last);
  return location.name === 'location' && sameName(attribute(location, 'path') ?? '', path) ? last : undefined;
}

const topOf = (element: XmlElement): XmlElement =>
  element.parent?.parent === undefined ? element : topOf(element.parent);

function sectionAddress(file: HostFile, section: SectionSchema, path: string): Address {
  const own = ownElement(file, section, path);
  if (own !== undefined) return file.addressOf(own);
  const parts = section.path.split('/');
  if (path === '') return file.ensure(parts);
  const location = findElements(file.root, 'location').find((one) => sameName(attribute(one, 'path') ?? '', path));
  return file.ensure(
    parts,
    location === undefined ? file.insert([], 'location', [['path', path]]) : file.addressOf(location),
  );
}

/** Every section the file sets at server level. */
const setSections = (file: HostFile): SectionSchema[] => {
  const found: SectionSchema[] = [];
  const visit = (element: XmlElement, path: string): void => {
    for (const child of element.children) {
      const name = path === '' ? child.name : `${path}/${child.name}`;
      if (name === 'location' || name === 'configSections') continue;
      try {
        found.push(requiredSection(file, name));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        visit(child, name); // a section group
      }
    }
  };
  visit(file.root, '');
  return found;
};

function configXml(
  file: HostFile,
  section: SectionSchema,
  path: string,
  elements: readonly XmlElement[],
  line: CommandLine,
): string {
  const { overrideMode: mode, locked } = lockState(file, section, path);
  const head = `<CONFIG CONFIG.SECTION="${section.path}" path="${escapeAttribute(fullPath(path), '"')}" overrideMode="${mode}" locked="${locked}">`;
  const child = renderSection(section, elements, line, section.path.replaceAll('/', '-'));
  return `${head}\n${child.replace(/^(?=.)/gm, '    ')}\n</CONFIG>`;
}

/** The elements of the hierarchy merged: the deepest attribute takes effect, entries are concatenated. */
function renderSection(
  section: SectionSchema,
  elements: readonly XmlElement[],
  line: CommandLine,
  name = section.path.split('/').at(-1) ?? '',
): string {
  const deepest = elements.at(-1);
  if (deepest === undefined) return renderElement(name, undefined, section.element, line.config === 'all');
  const attributes = new Map(elements.flatMap((one) => one.attributes.map((own) => [own.name, own] as const)));
  const merged: XmlElement = {
    ...deepest,
    attributes: [...attributes.values()],
    children: elements.flatMap((one) => one.children),
  };
  return renderElement(name, merged, section.element, line.config === 'all');
}

function nestedXml(path: string, text: string): string {
  const groups = path.split('/').slice(0, -1);
  return groups.reduceRight((inner, group) => `<${group}>\n${inner.replace(/^(?=.)/gm, '  ')}\n</${group}>`, text);
}

/** The places in applicationHost.config where the section, its attribute or that value is set. */
function search(world: World, line: CommandLine): Answer {
  const section = requiredSection(world.file, line.section);
  const wanted = line.parameters[0];
  const fits = (element: XmlElement | undefined): boolean => {
    if (element === undefined) return false;
    if (wanted === undefined) return true;
    const known = section.element === undefined ? undefined : byName(section.element.attributes, wanted.name);
    if (known === undefined) throw unknownAttribute(wanted.name);
    const value = attribute(element, known.name);
    return value !== undefined && (wanted.value === undefined || sameName(value, wanted.value));
  };
  const hits = fits(findElement(world.file.root, section.path)) ? [server] : [];
  for (const location of findElements(world.file.root, 'location')) {
    if (fits(findElement(location, section.path)))
      hits.push(fullPath((attribute(location, 'path') ?? '').replace(/^\.$/, '')));
  }
  return lines(...[...new Set(hits)].map((path) => `CONFIGSEARCH "${path}"`));
}
