import { applicationHostText, type SectionSchema } from '../../config/index.js';
import { attribute, findElement, findElements, parseXml, type XmlElement } from '../../xml/index.js';
import { declarationOf } from './declared.js';
import type { Address, HostFile } from './host-file.js';
import { sameName } from './objects.js';

export type OverrideMode = 'Allow' | 'Deny';

/** `<location>` elements for a path; '' is this level, which can also be written '.' or omitted. */
const locations = (file: HostFile, path: string): readonly XmlElement[] =>
  findElements(file.root, 'location').filter((location) => sameName(levelOf(location), path));

const levelOf = (location: XmlElement): string => {
  const path = attribute(location, 'path') ?? '';
  return path === '.' ? '' : path;
};

/** `overrideMode`, or the older `allowOverride`. */
const modeOf = (location: XmlElement): OverrideMode | undefined => {
  const mode = attribute(location, 'overrideMode');
  if (mode === 'Allow' || mode === 'Deny') return mode;
  const older = attribute(location, 'allowOverride')?.toLowerCase();
  return older === 'true' ? 'Allow' : older === 'false' ? 'Deny' : undefined;
};

/** The declared mode, else the one shipped with IIS. */
function declaredMode(file: HostFile, section: SectionSchema): OverrideMode {
  const at = declarationOf(file, section);
  const mode = at === undefined ? undefined : attribute(at, 'overrideModeDefault');
  return mode === 'Allow' || mode === 'Deny' ? mode : section.overrideModeDefault;
}

/** The elements that set the section for a path, server first; a `<location>` counts from its own path down. */
export function sectionElements(file: HostFile, section: SectionSchema, path: string): readonly XmlElement[] {
  const own = findElement(file.root, section.path);
  const below = levels(path).flatMap((level) => locations(file, level).flatMap((at) => findElements(at, section.path)));
  return [...(own === undefined ? [] : [own]), ...below];
}

/** '', 'Site', 'Site/app' */
function levels(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return ['', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))];
}

/** The values that appcmd shows as overrideMode and locked. The server level itself is never locked. */
export function lockState(
  file: HostFile,
  section: SectionSchema,
  path: string,
): { readonly overrideMode: OverrideMode | 'Inherit'; readonly locked: boolean } {
  let effective = declaredMode(file, section);
  let own: OverrideMode | 'Inherit' = 'Inherit';
  for (const level of levels(path)) {
    own = 'Inherit';
    for (const location of locations(file, level)) {
      const mode = modeOf(location);
      if (mode === undefined || findElement(location, section.path) === undefined) continue;
      own = mode;
      effective = mode;
    }
  }
  return { overrideMode: own, locked: path !== '' && effective === 'Deny' };
}

/**
 * Locks or unlocks a section at a level and moves its content: with a mode that differs from the declared one it is in
 * `<location path="" overrideMode="...">`, otherwise outside of it; IIS refuses the same section in both places.
 */
export function setOverrideMode(file: HostFile, section: SectionSchema, path: string, mode: OverrideMode): void {
  if (path === '') {
    const inLocation = findElement(file.root, section.path) === undefined ? located(file, section, '') : undefined;
    if (mode === declaredMode(file, section)) {
      if (inLocation !== undefined && modeOf(inLocation.location) !== mode) moveOut(file, section, inLocation);
      return;
    }
    if (inLocation !== undefined && modeOf(inLocation.location) === mode) return;
    moveIn(file, section, path, mode, inLocation?.element ?? findElement(file.root, section.path));
    return;
  }
  const there = located(file, section, path);
  if (there !== undefined && modeOf(there.location) === mode) return;
  moveIn(file, section, path, mode, there?.element);
}

interface Located {
  readonly location: XmlElement;
  readonly element: XmlElement;
}

function located(file: HostFile, section: SectionSchema, path: string): Located | undefined {
  for (const location of locations(file, path)) {
    const element = findElement(location, section.path);
    if (element !== undefined) return { location, element };
  }
  return undefined;
}

function moveIn(
  file: HostFile,
  section: SectionSchema,
  path: string,
  mode: OverrideMode,
  element: XmlElement | undefined,
): void {
  const source = element === undefined ? undefined : file.addressOf(element);
  const existing = locations(file, path).find((location) => modeOf(location) === mode);
  const location =
    existing === undefined
      ? file.insert([], 'location', [
          ['path', path],
          ['overrideMode', mode],
        ])
      : file.addressOf(existing);
  const parts = section.path.split('/');
  if (source === undefined) {
    file.ensure(parts, location);
    return;
  }
  file.move(source, file.ensure(parts.slice(0, -1), location));
  dropEmpty(file, source.slice(0, -1));
}

/** Does the setup of IIS write the section, even if it is empty? `<serverRuntime />` yes, `<webSocket />` no. */
function isOfSetup(section: SectionSchema): boolean {
  const { root } = parseXml(applicationHostText({ pools: [], sites: [] }), 'applicationHost.config');
  return findElement(root, section.path) !== undefined;
}

/** Without a setting: unlocking made it, to have something to unlock. */
function isEmpty(file: HostFile, { attributes, children, hasText, startTag, endTag }: XmlElement): boolean {
  const inner = endTag === undefined ? '' : file.document.text.slice(startTag.end, endTag.start);
  return attributes.length === 0 && children.length === 0 && !hasText && inner.trim() === '';
}

/**
 * Moves it back to the usual place of sections in applicationHost.config: in their group, sorted by name. One that says nothing, and that
 * was not there before it was unlocked, is removed.
 */
function moveOut(file: HostFile, section: SectionSchema, { element }: Located): void {
  const source = file.addressOf(element);
  if (isEmpty(file, element) && !isOfSetup(section)) {
    file.remove(source);
    dropEmpty(file, source.slice(0, -1));
    return;
  }
  const parent = file.ensure(section.path.split('/').slice(0, -1));
  const name = element.name.toLowerCase();
  const index = file.at(parent).children.findIndex((child) => child.name.toLowerCase() > name);
  file.move(source, parent, index < 0 ? undefined : index);
  dropEmpty(file, source.slice(0, -1));
}

/** Removes empty groups and the empty location, from the inside out. */
function dropEmpty(file: HostFile, from: Address): void {
  for (let at = from; at.length > 0; at = at.slice(0, -1)) {
    const element = file.at(at);
    const inLocation = at.length > 1 || element.name === 'location';
    if (!inLocation || file.at(at.slice(0, 1)).name !== 'location') return;
    if (element.children.length > 0 || element.hasText) return;
    if (element.endTag !== undefined) {
      const inner = file.document.text.slice(element.startTag.end, element.endTag.start);
      if (inner.trim() !== '') return; // the user's comment
    }
    file.remove(at);
  }
}
