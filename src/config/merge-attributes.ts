import type { XmlAttribute, XmlElement } from '../xml/index.js';
import type { Block } from './block.js';
import { type Failing, failAt } from './fail.js';
import { attributeIsLocked, isLockAttribute } from './locks.js';
import type { MergedElement } from './merged.js';
import { isNamespace } from './meta-attributes.js';
import type { AttributeSchema } from './schema/types.js';
import { isEncrypted, parseValue } from './schema/values.js';

/** The typed attributes of an element; throws for one that is unknown, invalid or locked. */
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

/** The typed value of one attribute, or IIS's error. */
function typed(schema: AttributeSchema, attribute: XmlAttribute, element: XmlElement, at: Failing) {
  if (schema.encrypted && isEncrypted(attribute.value)) return attribute.value;
  const parsed = parseValue(schema, attribute.value);
  if ('value' in parsed) return parsed.value;
  const text = `The '${attribute.name}' attribute is invalid.  ${parsed.problem}`;
  throw failAt(at, 'invalid-value', text, element, attribute);
}

/** Attributes of the configuration system itself. configSource is handled on loading. */
function isMeta({ name }: XmlAttribute, element: XmlElement, block: Block): boolean {
  return isLockAttribute(name) || isNamespace(name) || (name === 'configSource' && element === block.element);
}
