import type { XmlAttribute, XmlElement } from '../xml/index.js';
import { mergeCollection } from './collection.js';
import type { Block } from './config-file.js';
import { type Failing, failAt } from './fail.js';
import { attributeIsLocked, elementIsLocked, isLockAttribute, readLocks } from './locks.js';
import { MergedElement } from './merged.js';
import { isNamespace } from './meta-attributes.js';
import type { AttributeSchema, ElementSchema } from './schema/types.js';
import { isEncrypted, parseValue } from './schema/values.js';

/** Lays a section's blocks over one another, in effective order. Throws ConfigError for whatever the schema refuses. */
export function mergeSection(schema: ElementSchema, blocks: readonly Block[]): MergedElement {
  const merged = new MergedElement(schema);
  for (const block of blocks) {
    if (!block.encrypted) mergeElement(merged, block.element, { block });
  }
  return merged;
}

/** One mention of an element: its locks are checked against earlier mentions, and bind later ones. */
export function mergeElement(merged: MergedElement, element: XmlElement, at: Failing): void {
  merged.mention = { element, block: at.block };
  setAttributes(merged, element, at);
  mergeCollection(merged, element, at);
  const locks = readLocks(element, merged.schema, at);
  if (locks !== undefined) merged.lock(locks);
}

/** A child that is part of the schema, not an entry. False when the schema does not know it. */
export function mergeChild(merged: MergedElement, element: XmlElement, at: Failing): boolean {
  const schema = merged.schema.elements.get(element.name);
  if (schema === undefined) return false;
  if (elementIsLocked(merged.locks, element.name, at.block))
    throw failAt(at, 'lock-violation', 'Lock violation', element);
  const child = merged.child(schema);
  if (schema.isOpen) child.mention = { element, block: at.block };
  else mergeElement(child, element, at);
  return true;
}

/** Attributes of an element, typed; throws for one that is unknown, invalid or locked. */
export function setAttributes(merged: MergedElement, element: XmlElement, at: Failing): void {
  for (const attribute of element.attributes) {
    const schema = merged.schema.attributes.get(attribute.name);
    if (schema === undefined) {
      if (isMeta(attribute, element, at.block)) continue;
      throw failAt(at, 'unknown-attribute', `Unrecognized attribute '${attribute.name}'`, element, attribute);
    }
    if (merged.locks.length > 0 && attributeIsLocked(merged.locks, attribute.name, at.block)) {
      throw failAt(at, 'lock-violation', 'Lock violation', element, attribute);
    }
    const value = typed(schema, attribute, element, at);
    merged.values.set(attribute.name, { value, attribute, element, block: at.block });
  }
}

/** The typed value of one attribute, or the error IIS gives. */
export function typed(schema: AttributeSchema, attribute: XmlAttribute, element: XmlElement, at: Failing) {
  if (schema.encrypted && isEncrypted(attribute.value)) return attribute.value;
  const parsed = parseValue(schema, attribute.value);
  if ('value' in parsed) return parsed.value;
  const text = `The '${attribute.name}' attribute is invalid.  ${parsed.problem}`;
  throw failAt(at, 'invalid-value', text, element, attribute);
}

/** Attributes of the configuration system itself. configSource was dealt with on loading. */
function isMeta({ name }: XmlAttribute, element: XmlElement, block: Block): boolean {
  return isLockAttribute(name) || isNamespace(name) || (name === 'configSource' && element === block.element);
}
