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
 * An element while the levels are laid over one another; only what some file says. A configuration has thousands, most of
 * them without children, entries and locks: room for those is made when it is needed.
 */
export class MergedElement {
  readonly values = new Map<string, MergedValue>();
  /** Entries of its collection, in effective order. */
  items: readonly MergedElement[] = noItems;
  locks: readonly Locks[] = noLocks;
  /** An entry that a `<remove>` took away again. */
  isRemoved = false;
  /** Its deepest mention. */
  mention: { readonly element: XmlElement; readonly block: Block } | undefined;
  #children: Map<string, MergedElement> | undefined;
  /** Key of an entry (see entryKeys) to the entry. */
  #index: Map<string, MergedElement> | undefined;

  constructor(readonly schema: ElementSchema) {}

  /** The child of the schema with that name, undefined when no file mentions it. */
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

/** Where an element, or the character `offset` in it, was written. */
export function originOf(block: Block, element: XmlElement, offset = element.span.start): Origin {
  const { line, column } = block.document.positionAt(offset);
  const { configPath, basePath } = block.target;
  return { file: block.document.file, line, column, configPath, basePath, document: block.document, element };
}
