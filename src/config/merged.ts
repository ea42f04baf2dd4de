import type { XmlAttribute, XmlElement } from '../xml/index.js';
import type { Block } from './config-file.js';
import type { Locks } from './locks.js';
import type { ElementSchema } from './schema/types.js';
import type { ConfigValue, Origin } from './types.js';

export interface MergedValue {
  readonly value: ConfigValue;
  readonly attribute: XmlAttribute;
  readonly element: XmlElement;
  readonly block: Block;
}

/** An element while the levels are laid over one another; only what some file says. */
export class MergedElement {
  readonly schema: ElementSchema;
  readonly values = new Map<string, MergedValue>();
  readonly children = new Map<string, MergedElement>();
  items: MergedElement[] = [];
  /** Key of an entry (see keysOf) to the entry. */
  readonly index = new Map<string, MergedElement>();
  readonly locks: Locks[] = [];
  /** Its deepest mention. */
  mention: { readonly element: XmlElement; readonly block: Block } | undefined;

  constructor(schema: ElementSchema) {
    this.schema = schema;
  }

  child(schema: ElementSchema): MergedElement {
    const known = this.children.get(schema.name);
    if (known !== undefined) return known;
    const made = new MergedElement(schema);
    this.children.set(schema.name, made);
    return made;
  }
}

/** Where an element, or the character `offset` in it, was written. */
export function originOf(block: Block, element: XmlElement, offset = element.span.start): Origin {
  const { line, column } = block.document.positionAt(offset);
  const { configPath, basePath } = block.target;
  return { file: block.document.file, line, column, configPath, basePath, document: block.document, element };
}
