import type { XmlAttribute, XmlElement } from '../xml/index.js';
import type { Block } from './block.js';
import type { Locks } from './locks.js';
import type { ElementSchema } from './schema/types.js';
import type { ConfigValue, Origin } from './types.js';

export interface MergedValue {
  readonly value: ConfigValue;
  readonly attribute: XmlAttribute;
  readonly element: XmlElement;
  readonly block: Block;
}

const noItems: readonly MergedElement[] = [];
const noLocks: readonly Locks[] = [];

/**
 * An element during the merge of the levels, with the values from files only. A configuration has thousands, most of
 * them without children, entries and locks: these are allocated when needed.
 */
export class MergedElement {
  readonly values = new Map<string, MergedValue>();
  /** Entries of its collection, in effective order. */
  items: readonly MergedElement[] = noItems;
  locks: readonly Locks[] = noLocks;
  /** An entry that a `<remove>` removed again. */
  isRemoved = false;
  /** Its deepest occurrence. */
  mention: { readonly element: XmlElement; readonly block: Block } | undefined;
  #children: Map<string, MergedElement> | undefined;
  /** Key of an entry (see entryKeys) to the entry. */
  #index: Map<string, MergedElement> | undefined;

  constructor(readonly schema: ElementSchema) {}

  /** The child of the schema with that name, undefined when it is in no file. */
  childNamed(name: string): MergedElement | undefined {
    return this.#children?.get(name);
  }

  child(schema: ElementSchema): MergedElement {
    this.#children ??= new Map();
    const known = this.#children.get(schema.name);
    if (known !== undefined) return known;
    const made = new MergedElement(schema);
    this.#children.set(schema.name, made);
    return made;
  }

  lock(locks: Locks): void {
    this.locks = [...this.locks, locks];
  }

  /** The entry of that key, unless it was removed. */
  entry(key: string): MergedElement | undefined {
    const known = this.#index?.get(key);
    return known?.isRemoved ? undefined : known;
  }

  keepEntry(key: string, entry: MergedElement): void {
    this.#index ??= new Map();
    this.#index.set(key, entry);
  }

  dropEntries(): void {
    this.items = noItems;
    this.#index = undefined;
  }
}

/** The position of an element, or of the character `offset` in it. */
export function originOf(block: Block, element: XmlElement, offset = element.span.start): Origin {
  const { line, column } = block.document.positionAt(offset);
  const { configPath, basePath } = block.target;
  return { file: block.document.file, line, column, configPath, basePath, document: block.document, element };
}
