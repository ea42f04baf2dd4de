import { remembered } from '../remembered.js';
import type { XmlElement } from '../xml/index.js';
import type { Block } from './block.js';
import { type EntryKey, entryKeys } from './entry-key.js';
import { type Failing, failAt } from './fail.js';
import { attributeIsLocked, elementIsLocked, itemIsLocked, readLocks } from './locks.js';
import { setAttributes } from './merge-attributes.js';
import { MergedElement } from './merged.js';
import type { CollectionSchema, ElementSchema } from './schema/types.js';
import { unconfirmed } from './unconfirmed.js';

interface Merge {
  readonly schema: ElementSchema;
  readonly blocks: readonly Block[];
  readonly merged: MergedElement;
}

/** By the last of the blocks. Most sections are set by the server alone, whose blocks are the same for every folder. */
const lastMerge = remembered((_last: Block): { of: Merge | undefined } => ({ of: undefined }));

/** Merges a section's blocks in effective order. Throws ConfigError for everything the schema refuses. */
export function mergeSection(schema: ElementSchema, blocks: readonly Block[]): MergedElement {
  const last = blocks.at(-1);
  if (last === undefined) return new MergedElement(schema);
  const memory = lastMerge(last);
  const before = memory.of;
  const isSame = before?.schema === schema && before.blocks.length === blocks.length;
  if (isSame && before.blocks.every((block, index) => block === blocks[index])) return before.merged;
  const merged = merge(schema, blocks);
  memory.of = { schema, blocks, merged };
  return merged;
}

function merge(schema: ElementSchema, blocks: readonly Block[]): MergedElement {
  const merged = new MergedElement(schema);
  for (const block of blocks) {
    if (!block.encrypted) mergeElement(merged, block.element, { block });
  }
  return merged;
}

/** Merges one occurrence of an element: earlier locks apply to it, and its locks apply to later occurrences. */
function mergeElement(merged: MergedElement, element: XmlElement, at: Failing): void {
  merged.mention = { element, block: at.block };
  setAttributes(merged, element, at);
  mergeCollection(merged, element, at);
  const locks = readLocks(element, merged.schema, at);
  if (locks !== undefined) merged.lock(locks);
}

/** A child that is part of the schema, not an entry. False when it is not in the schema. */
function mergeChild(merged: MergedElement, element: XmlElement, at: Failing): boolean {
  const schema = merged.schema.elements.get(element.name);
  if (schema === undefined) return false;
  if (elementIsLocked(merged.locks, element.name, at.block))
    throw failAt(at, 'lock-violation', 'Lock violation', element);
  const child = merged.child(schema);
  if (schema.isOpen) child.mention = { element, block: at.block };
  else mergeElement(child, element, at);
  return true;
}

/**
 * The children of one occurrence of an element, top to bottom: directives of its collection, and elements of the schema.
 * Its entries follow the inherited ones (mergeAppend) or precede them.
 */
function mergeCollection(merged: MergedElement, element: XmlElement, at: Failing): void {
  if (element.children.length === 0) return;
  const { collection } = merged.schema;
  const directives = collection === undefined ? undefined : new Directives(merged, collection, at);
  for (const child of element.children) {
    if (directives?.take(child) || mergeChild(merged, child, at)) continue;
    throw failAt(at, 'unknown-element', `Unrecognized element '${child.name}'`, child);
  }
  directives?.finish();
}

class Directives {
  readonly #merged: MergedElement;
  readonly #schema: CollectionSchema;
  readonly #at: Failing;
  #fresh: MergedElement[] = [];

  constructor(merged: MergedElement, schema: CollectionSchema, at: Failing) {
    this.#merged = merged;
    this.#schema = schema;
    this.#at = at;
  }

  /** False when the child is not a directive of this collection. */
  take(child: XmlElement): boolean {
    const { add, remove, clear } = this.#schema;
    if (child.name !== add && child.name !== remove && child.name !== clear) return false;
    if (elementIsLocked(this.#merged.locks, child.name, this.#at.block)) throw this.#violation(child);
    if (child.name === add) this.#add(child);
    else if (child.name === remove) this.#remove(child);
    else this.#clear(child);
    return true;
  }

  finish(): void {
    const { items } = this.#merged;
    const all = this.#schema.mergeAppend ? [...items, ...this.#fresh] : [...this.#fresh, ...items];
    this.#merged.items = all.filter(({ isRemoved }) => !isRemoved);
  }

  #add(element: XmlElement): void {
    this.#refuseLocked(element);
    const entry = new MergedElement(this.#schema.entry);
    mergeElement(entry, element, this.#at);
    const missing = this.#schema.required.find(({ name }) => !entry.values.has(name));
    if (missing !== undefined) {
      throw failAt(this.#at, 'missing-attribute', `Missing required attribute '${missing.name}'`, element);
    }
    for (const key of entryKeys(this.#schema, element)) {
      if (!this.#schema.allowDuplicates && this.#merged.entry(key.id) !== undefined)
        throw this.#duplicate(element, key);
      this.#merged.keepEntry(key.id, entry);
    }
    this.#fresh.push(entry);
  }

  /** Attribute locks on a collection apply to the entries that are added to it. */
  #refuseLocked(element: XmlElement): void {
    const { locks } = this.#merged;
    if (locks.length === 0) return;
    const { attributes } = this.#schema.entry;
    const held = element.attributes.find(
      ({ name }) => attributes.has(name) && attributeIsLocked(locks, name, this.#at.block),
    );
    if (held !== undefined) throw failAt(this.#at, 'lock-violation', 'Lock violation', element, held);
  }

  #remove(element: XmlElement): void {
    const known = this.#schema.keys;
    const keys = entryKeys(this.#schema, element, true);
    if (keys.length === 0 && known.length > 0) {
      throw failAt(this.#at, 'missing-attribute', `Missing required attribute '${known[0]?.name}'`, element);
    }
    for (const attribute of element.attributes) {
      if (known.some(({ name }) => name === attribute.name)) continue;
      if (unconfirmed.removeMayCarryMore && this.#schema.entry.attributes.has(attribute.name)) continue;
      throw failAt(this.#at, 'unknown-attribute', `Unrecognized attribute '${attribute.name}'`, element, attribute);
    }
    const found = keys.map(({ id }) => this.#merged.entry(id)).find((entry) => entry !== undefined);
    if (found === undefined) return;
    if (itemIsLocked(found.locks, this.#at.block)) throw this.#violation(element);
    found.isRemoved = true;
  }

  #clear(element: XmlElement): void {
    const inherited = this.#merged.items;
    if (inherited.some((entry) => itemIsLocked(entry.locks, this.#at.block))) throw this.#violation(element);
    this.#merged.dropEntries();
    this.#fresh = [];
  }

  #violation(element: XmlElement) {
    return failAt(this.#at, 'lock-violation', 'Lock violation', element);
  }

  #duplicate(element: XmlElement, key: EntryKey) {
    const plural = key.names.length > 1 ? `combined key attributes '${key.names.join(', ')}' respectively set` : '';
    const which = plural === '' ? `unique key attribute '${key.names[0]}' set` : plural;
    const text = `Cannot add duplicate collection entry of type '${element.name}' with ${which} to '${key.values.join(', ')}'`;
    const first = key.names
      .map((name) => this.#merged.entry(key.id)?.values.get(name))
      .find((value) => value !== undefined);
    if (first === undefined) return failAt(this.#at, 'duplicate-entry', text, element);
    const { document } = first.block;
    const earlier = { file: document.file, line: document.positionAt(first.element.span.start).line };
    return failAt(this.#at, 'duplicate-entry', text, element, undefined, { earlier });
  }
}
