import {
  attribute,
  findElement,
  findElements,
  setAttributeEdit,
  type TextEdit,
  type XmlDocument,
} from '../xml/index.js';
import { entriesLeft, rulesCollection } from './collections.js';
import { iisnodeHandlers } from './handlers.js';
import type { PatchStep } from './patch-step.js';

/**
 * Handlers, rules and locations of a former entry point, for the one that takes its place: the loader, the app's own again, or that
 * of a handler whose file is not there any more.
 */
export const patchEntry: PatchStep = (document, { entry, replaces = [] }) => {
  const former = replaces.filter((name) => !same(name, entry));
  const edits = [...inHandlers(document, former, entry), ...inRules(document, former, entry)];
  if (edits.length === 0) return undefined;
  const all = [...edits, ...inLocations(document, former, entry)];
  return { edits: all.flatMap((each) => each.edits), changes: all.map(({ change }) => change) };
};

interface Retargeting {
  readonly edits: readonly TextEdit[];
  readonly change: string;
}

function inHandlers(document: XmlDocument, former: readonly string[], entry: string): readonly Retargeting[] {
  return iisnodeHandlers(document).flatMap(({ element, name, paths }) => {
    if (!paths.some((path) => isOneOf(path, former))) return [];
    const path = [...new Set(paths.map((each) => (isOneOf(each, former) ? entry : each)))].join(',');
    const change = `handler "${name}": path is "${path}", was "${paths.join(',')}"`;
    return [{ edits: setAttributeEdit(document, element, 'path', path), change }];
  });
}

/** The URL of a rule's action may go on behind the name: `server.js/{R:1}`. */
function inRules(document: XmlDocument, former: readonly string[], entry: string): readonly Retargeting[] {
  return entriesLeft(document, rulesCollection).flatMap((rule) => {
    const action = findElement(rule, 'action');
    const url = action && attribute(action, 'type') === 'Rewrite' ? (attribute(action, 'url') ?? '') : '';
    const [, before = '', name = '', after = ''] = /^((?:\.?[\\/])*)([^?{]*?)((?:[?{]|\/\{).*)?$/s.exec(url) ?? [];
    if (action === undefined || !isOneOf(name, former)) return [];
    const change = `rule "${attribute(rule, 'name') ?? ''}": sends to "${entry}", was "${name}"`;
    return [{ edits: setAttributeEdit(document, action, 'url', before + entry + after), change }];
  });
}

/** Settings of the former entry point's own URL. */
function inLocations(document: XmlDocument, former: readonly string[], entry: string): readonly Retargeting[] {
  return findElements(document.root, 'location').flatMap((location) => {
    const path = attribute(location, 'path') ?? '';
    if (!isOneOf(path, former)) return [];
    const change = `location: path is "${entry}", was "${path}"`;
    return [{ edits: setAttributeEdit(document, location, 'path', entry), change }];
  });
}

const plain = (name: string): string =>
  name
    .replaceAll('\\', '/')
    .replace(/^(?:\.?\/)+/, '')
    .toLowerCase();
const same = (one: string, other: string): boolean => plain(one) === plain(other);
const isOneOf = (name: string, names: readonly string[]): boolean => names.some((each) => same(each, name));
