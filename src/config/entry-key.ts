import { attribute, type XmlElement } from '../xml/index.js';
import type { AttributeSchema, CollectionSchema } from './schema/types.js';

/** The unique key of an entry in its collection. */
export interface EntryKey {
  /** For comparison: in lower case unless the schema says caseSensitive. */
  readonly id: string;
  readonly names: readonly string[];
  /** As written, or the schema's default. */
  readonly values: readonly string[];
}

/**
 * The keys of an `<add>` or `<remove>`: one for each attribute that is unique on its own, one for the combined ones together.
 *
 * @param partial A `<remove>` may omit keys; omitted keys are not compared.
 */
export function entryKeys(schema: CollectionSchema, element: XmlElement, partial = false): readonly EntryKey[] {
  if (schema.keys.length === 0) return [];
  const keys: EntryKey[] = [];
  const combined: AttributeSchema[] = [];
  for (const key of schema.keys) {
    if (key.key === 'combined') combined.push(key);
    else {
      const value = attribute(element, key.name);
      if (value !== undefined)
        keys.push({ id: `${key.name}=${folded(key, value)}`, names: [key.name], values: [value] });
    }
  }
  if (combined.length === 0) return keys;
  const written = combined.map(({ name }) => attribute(element, name));
  const required = combined.some((key, index) => key.required && written[index] === undefined);
  if (partial && (required || written.every((value) => value === undefined))) return keys;
  const values = combined.map((key, index) => written[index] ?? key.default ?? '');
  const id = combined.map((key, index) => folded(key, values[index] ?? '')).join('\0');
  return [...keys, { id, names: combined.map(({ name }) => name), values }];
}

const folded = (key: AttributeSchema, value: string): string => {
  if (key.type === 'uint' || key.type === 'int') return String(Number(value));
  return key.caseSensitive ? value : value.toLowerCase();
};
