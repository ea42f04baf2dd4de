import type { AttributeSchema, CollectionSchema, ElementSchema } from '../../config/index.js';
import { attribute, type XmlElement } from '../../xml/index.js';
import { checkValue } from './check-value.js';
import type { Parameter } from './command-line.js';
import type { Address, HostFile } from './host-file.js';
import { type PathStep, type PropertyPath, parsePropertyPath } from './property-path.js';
import { duplicateEntry, entryNotFound, invalidValue, requiredMissing, unknownAttribute } from './refusal.js';

type EntryStep = Extract<PathStep, { kind: 'entry' }>;

/**
 * Executes `/attr:value`, `/child.attr:value`, `/+[...]`, `/-[...]` and their nested forms below one element.
 * @throws Refusal for what the schema does not have or does not allow; then discard the file.
 */
export function applyProperties(
  file: HostFile,
  address: Address,
  schema: ElementSchema,
  parameters: readonly Parameter[],
): void {
  for (const { name, value } of parameters) applyProperty(file, address, schema, parsePropertyPath(name), value);
}

function applyProperty(
  file: HostFile,
  start: Address,
  root: ElementSchema,
  path: PropertyPath,
  value: string | undefined,
): void {
  const last = path.steps.at(-1);
  if (last === undefined) throw unknownAttribute(path.text);
  // Removing checks first: a missing element is not created only to be removed.
  const make = path.verb !== 'remove';
  let at: Address | undefined = start;
  let schema = root;
  for (const step of path.steps.slice(0, -1)) {
    const next = descend(file, at, schema, step, path, make);
    at = next.at;
    schema = next.schema;
  }
  if (path.verb === 'remove') remove(file, at, schema, last, path);
  else if (last.kind === 'name') setNamed(file, at, schema, last.name, value, path);
  else if (value !== undefined) throw unknownAttribute(path.text);
  else if (path.verb === 'add') addEntry(file, at ?? start, collectionOf(schema, path), last, false);
  else if (at === undefined || findEntry(file.at(at), collectionOf(schema, path), last) === undefined) {
    throw entryNotFound();
  }
}

/** One level down; without `make` the element may not exist: `at` undefined. */
function descend(
  file: HostFile,
  at: Address | undefined,
  schema: ElementSchema,
  step: PathStep,
  path: PropertyPath,
  make: boolean,
): { at: Address | undefined; schema: ElementSchema } {
  if (step.kind === 'name') {
    const child = byName(schema.elements, step.name);
    if (child === undefined) throw unknownAttribute(path.text);
    if (at === undefined) return { at, schema: child };
    const index = file.at(at).children.findIndex(({ name }) => name === child.name);
    if (index < 0 && !make) return { at: undefined, schema: child };
    return { at: file.ensure([child.name], at), schema: child };
  }
  const collection = collectionOf(schema, path);
  const found = at === undefined ? undefined : findEntry(file.at(at), collection, step);
  if (found !== undefined) return { at: file.addressOf(found), schema: collection.entry };
  if (path.verb !== 'add' || at === undefined) throw entryNotFound();
  return { at: addEntry(file, at, collection, step, true), schema: collection.entry };
}

function setNamed(
  file: HostFile,
  at: Address | undefined,
  schema: ElementSchema,
  name: string,
  value: string | undefined,
  path: PropertyPath,
): void {
  const known = byName(schema.attributes, name);
  if (known === undefined || at === undefined || path.verb === 'add' || value === undefined) {
    throw unknownAttribute(path.text);
  }
  checked(known, value);
  file.setAttribute(at, known.name, value);
}

function remove(
  file: HostFile,
  at: Address | undefined,
  schema: ElementSchema,
  last: PathStep,
  path: PropertyPath,
): void {
  if (last.kind === 'entry') {
    const entry = at === undefined ? undefined : findEntry(file.at(at), collectionOf(schema, path), last);
    if (entry === undefined) throw entryNotFound();
    file.remove(file.addressOf(entry));
    return;
  }
  const known = byName(schema.attributes, last.name);
  const child = byName(schema.elements, last.name);
  if (known === undefined && child === undefined) throw unknownAttribute(path.text);
  if (at === undefined) return;
  if (known !== undefined) {
    file.removeAttribute(at, known.name);
    pruneEmpty(file, at, path.steps);
  } else {
    const element = file.at(at).children.find(({ name }) => name === child?.name);
    if (element !== undefined) file.remove(file.addressOf(element));
  }
}

/** A child element without attributes has no effect; it was created by `set`, so it is removed too. */
function pruneEmpty(file: HostFile, from: Address, steps: readonly PathStep[]): void {
  let at = from;
  for (const step of steps.slice(0, -1).reverse()) {
    const element = file.at(at);
    if (step.kind !== 'name' || element.attributes.length > 0 || element.children.length > 0 || element.hasText) return;
    file.remove(at);
    at = at.slice(0, -1);
  }
}

/**
 * Adds an entry of a collection.
 * @param nested true: it is a part of the path to another entry, so an existing one is used.
 * @returns its address.
 */
function addEntry(
  file: HostFile,
  parent: Address,
  collection: CollectionSchema,
  step: EntryStep,
  nested: boolean,
): Address {
  const attributes = step.values.map(([name, value]): [string, string] => {
    const known = byName(collection.entry.attributes, name);
    if (known === undefined) throw unknownAttribute(name);
    checked(known, value);
    return [known.name, value];
  });
  const missing = [...collection.entry.attributes.values()]
    .filter(({ name, required }) => required === true && !attributes.some(([given]) => given === name))
    .map(({ name }) => name);
  if (missing.length > 0) throw requiredMissing(missing);
  if (!nested) refuseDuplicate(file.at(parent), collection, new Map(attributes));
  return file.insert(parent, collection.add, attributes, positionIndex(file.at(parent), collection, step.position));
}

/** @throws Refusal exit 183 when an entry with the same key exists. */
function refuseDuplicate(parent: XmlElement, collection: CollectionSchema, values: ReadonlyMap<string, string>): void {
  if (collection.keys.length === 0 || collection.allowDuplicates) return;
  const keyOf = ({ name, default: fallback }: AttributeSchema): string => values.get(name) ?? fallback ?? '';
  const groups = [
    collection.keys.filter(({ key }) => key === 'combined'),
    ...collection.keys.filter(({ key }) => key === 'unique').map((one) => [one]),
  ].filter((group) => group.length > 0);
  for (const keys of groups) {
    const twin = parent.children.some(
      (child) => child.name === collection.add && keys.every((key) => sameValue(child, key, keyOf(key))),
    );
    if (twin) {
      throw duplicateEntry(
        collection.add,
        keys.map(({ name }) => name),
        keys.map(keyOf),
      );
    }
  }
}

/** The entry that an indexer selects: the one where all values match, or the one at a position. */
function findEntry(parent: XmlElement, collection: CollectionSchema, step: EntryStep): XmlElement | undefined {
  const entries = parent.children.filter(({ name }) => name === collection.add);
  const fitting = entries.filter((entry) =>
    step.values.every(([name, value]) => {
      const known = byName(collection.entry.attributes, name);
      if (known === undefined) throw unknownAttribute(name);
      return sameValue(entry, known, value);
    }),
  );
  if (step.values.length > 0) return fitting[0];
  return step.position === 'end' ? entries.at(-1) : entries[step.position === 'start' ? 0 : Number(step.position)];
}

function positionIndex(
  parent: XmlElement,
  collection: CollectionSchema,
  position: EntryStep['position'],
): number | undefined {
  if (position === undefined || position === 'end') return undefined;
  const indexes = parent.children.flatMap(({ name }, index) => (name === collection.add ? [index] : []));
  return indexes[position === 'start' ? 0 : position];
}

const sameValue = (element: XmlElement, schema: AttributeSchema, value: string): boolean => {
  const own = attribute(element, schema.name) ?? schema.default ?? '';
  return schema.caseSensitive === true ? own === value : own.toLowerCase() === value.toLowerCase();
};

function collectionOf(schema: ElementSchema, path: PropertyPath): CollectionSchema {
  if (schema.collection === undefined) throw unknownAttribute(path.text);
  return schema.collection;
}

/** Names in the spelling of the schema; appcmd compares them ignoring case. */
export function byName<T>(map: ReadonlyMap<string, T>, name: string): T | undefined {
  const exact = map.get(name);
  if (exact !== undefined) return exact;
  const wanted = name.toLowerCase();
  for (const [key, value] of map) if (key.toLowerCase() === wanted) return value;
  return undefined;
}

function checked(schema: AttributeSchema, value: string): void {
  const problem = checkValue(schema, value);
  if (problem !== undefined) throw invalidValue(schema.name, problem);
}
