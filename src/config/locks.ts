import type { XmlElement } from '../xml/index.js';
import type { Block } from './block.js';
import { type Failing, failAt } from './fail.js';
import type { ElementSchema } from './schema/types.js';
import { unconfirmed } from './unconfirmed.js';

/** The locks of attributes and elements that one occurrence of an element sets for the levels below it. */
export interface Locks {
  readonly file: string;
  /** The level of that file. */
  readonly depth: number;
  readonly attributes: NameList;
  readonly elements: NameList;
  /** lockItem */
  readonly whole: boolean;
}

/** Names, `*`, or all except some. */
type NameList = { readonly names: ReadonlySet<string>; readonly inverted: boolean } | undefined;

const lockNames = [
  'lockAttributes',
  'lockAllAttributesExcept',
  'lockElements',
  'lockAllElementsExcept',
  'lockItem',
] as const;

/** Any element may have these attributes; they are not in the schema. */
export function isLockAttribute(name: string): boolean {
  return name.startsWith('lock') && (lockNames as readonly string[]).includes(name);
}

const contains = (list: NameList, name: string): boolean =>
  list !== undefined && (list.names.has('*') || list.names.has(name)) !== list.inverted;

/** Locks apply to the files below; for deeper locations of the same file see `unconfirmed`. */
const binds = (locks: Locks, block: Block): boolean =>
  locks.file === block.document.file
    ? unconfirmed.finerLocksBindDeeperLocationsOfTheFile
    : locks.depth <= block.level.key.length;

export const attributeIsLocked = (all: readonly Locks[], name: string, block: Block): boolean =>
  all.some((locks) => binds(locks, block) && (locks.whole || contains(locks.attributes, name)));

export const elementIsLocked = (all: readonly Locks[], name: string, block: Block): boolean =>
  all.some((locks) => binds(locks, block) && (locks.whole || contains(locks.elements, name)));

export const itemIsLocked = (all: readonly Locks[], block: Block): boolean =>
  all.some((locks) => binds(locks, block) && locks.whole);

/** Reads the lock attributes of an element; undefined when it has none. Throws ConfigError for an unknown name. */
export function readLocks(element: XmlElement, schema: ElementSchema, at: Failing): Locks | undefined {
  if (!element.attributes.some(({ name }) => isLockAttribute(name))) return undefined;
  const value = (wanted: string): string | undefined => element.attributes.find(({ name }) => name === wanted)?.value;
  for (const name of ['lockAttributes', 'lockAllAttributesExcept']) {
    const strange = split(value(name)).find((part) => part !== '*' && !knowsAttribute(schema, part));
    if (strange !== undefined)
      throw failAt(at, 'bad-lock-list', `${name} contains unknown attribute '${strange}'`, element);
  }
  for (const name of ['lockElements', 'lockAllElementsExcept']) {
    const strange = split(value(name)).find((part) => part !== '*' && !knowsElement(schema, part));
    if (strange !== undefined)
      throw failAt(at, 'bad-lock-list', unconfirmed.unknownElementMessage(name, strange), element);
  }
  return {
    file: at.block.document.file,
    depth: at.block.level.key.length,
    attributes: listOf(value('lockAttributes'), value('lockAllAttributesExcept')),
    elements: listOf(value('lockElements'), value('lockAllElementsExcept')),
    whole: isItemLocked(element, at),
  };
}

function isItemLocked(element: XmlElement, at: Failing): boolean {
  const written = element.attributes.find(({ name }) => name === 'lockItem');
  const lower = written?.value.toLowerCase();
  if (lower === undefined || lower === 'true' || lower === 'false') return lower === 'true';
  const text = `The 'lockItem' attribute is invalid.  ${unconfirmed.boolMessage}`;
  throw failAt(at, 'invalid-value', text, element, written);
}

const split = (text: string | undefined): readonly string[] =>
  text === undefined
    ? []
    : text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');

/** On a collection the list may name attributes of its entries. */
const knowsAttribute = (schema: ElementSchema, name: string): boolean =>
  schema.attributes.has(name) || schema.collection?.entry.attributes.has(name) === true;

/** On a collection the list may name its directives, and children of its entries. */
const knowsElement = ({ elements, collection }: ElementSchema, name: string): boolean =>
  elements.has(name) ||
  (collection !== undefined &&
    ([collection.add, collection.remove, collection.clear].includes(name) || collection.entry.elements.has(name)));

function listOf(names: string | undefined, allExcept: string | undefined): NameList {
  if (allExcept !== undefined) return { names: new Set(split(allExcept)), inverted: true };
  return names === undefined ? undefined : { names: new Set(split(names)), inverted: false };
}
