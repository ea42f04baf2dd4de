import type { ConfigValue } from '../types.js';
import { unconfirmed } from '../unconfirmed.js';
import { parseTimeSpan } from './time-span.js';
import type { AttributeSchema } from './types.js';
import { violatedByNumber, violatedByText } from './validators.js';

/** A typed value, or why the text is invalid, in IIS's words ("Not a valid unsigned integer"). */
export type Parsed = { readonly value: ConfigValue } | { readonly problem: string };

const UINT_MAX = 4294967295;
const problem = (text: string): Parsed => ({ problem: text });

/**
 * Reads an attribute's text by its type and validator.
 *
 * bool -> boolean; uint, int, int64 -> number; timeSpan -> milliseconds (Infinity for `Infinite`); enum -> the schema's
 * spelling; flags -> the schema's spellings in the order written; string -> the text, `%VAR%` not expanded.
 */
export function parseValue(schema: AttributeSchema, text: string): Parsed {
  switch (schema.type) {
    case 'string':
      return checkedText(schema, text);
    case 'bool':
      return parseBool(text);
    case 'enum':
      return parseEnum(schema, text);
    case 'flags':
      return parseFlags(schema, text);
    case 'timeSpan':
      return parseTime(schema, text);
    default:
      return parseInteger(schema, text);
  }
}

/** Encrypted values are kept unchanged: they can only be checked with the server's key. */
export function isEncrypted(text: string): boolean {
  return text.startsWith('[enc:') && text.endsWith(':enc]');
}

function checkedText(schema: AttributeSchema, text: string): Parsed {
  const broken = schema.validator === undefined ? undefined : violatedByText(schema.validator, text);
  return broken === undefined ? { value: text } : problem(broken);
}

function parseBool(text: string): Parsed {
  if (text === 'true' || text === 'false') return { value: text === 'true' };
  const lower = text.toLowerCase();
  if (lower === 'true' || lower === 'false') return { value: lower === 'true' };
  if (unconfirmed.boolAcceptsNumbers && (text === '1' || text === '0')) return { value: text === '1' };
  return problem(unconfirmed.boolMessage);
}

function findName(schema: AttributeSchema, text: string): string | undefined {
  if (schema.values?.has(text)) return text;
  if (!unconfirmed.enumNamesIgnoreCase) return undefined;
  const lower = text.toLowerCase();
  for (const name of schema.values?.keys() ?? []) if (name.toLowerCase() === lower) return name;
  return undefined;
}

const namesOf = (schema: AttributeSchema): string => [...(schema.values?.keys() ?? [])].join(', ');

function parseEnum(schema: AttributeSchema, text: string): Parsed {
  const name = findName(schema, text);
  return name === undefined ? problem(`Enum must be one of ${namesOf(schema)}`) : { value: name };
}

function parseFlags(schema: AttributeSchema, text: string): Parsed {
  const names: string[] = [];
  for (const part of text.split(',')) {
    const written = part.trim();
    if (written === '' && names.length === 0 && !text.includes(',')) continue;
    const name = findName(schema, written) ?? (written.toLowerCase() === 'none' ? 'None' : undefined);
    if (name === undefined) return problem(`Flags must be some combination of ${namesOf(schema)}`);
    if (name !== 'None' && !names.includes(name)) names.push(name);
  }
  return { value: names };
}

function parseTime(schema: AttributeSchema, text: string): Parsed {
  if (schema.allowInfinite && text.toLowerCase() === 'infinite') return { value: Number.POSITIVE_INFINITY };
  const total = parseTimeSpan(text, schema.timeFormat);
  if (total === undefined) return problem(unconfirmed.timeSpanMessage);
  const broken = schema.validator === undefined ? undefined : violatedByNumber(schema.validator, total);
  return broken === undefined ? { value: total * 1000 } : problem(broken);
}

function parseInteger(schema: AttributeSchema, text: string): Parsed {
  const unsigned = schema.type === 'uint';
  if (schema.allowInfinite && text.toLowerCase() === 'infinite') return { value: UINT_MAX };
  const value = integerOf(text, unsigned);
  if (value === undefined || !fits(schema.type, value)) {
    return problem(unsigned ? 'Not a valid unsigned integer' : unconfirmed.intMessage);
  }
  const broken = schema.validator === undefined ? undefined : violatedByNumber(schema.validator, value);
  return broken === undefined ? { value } : problem(broken);
}

function integerOf(text: string, unsigned: boolean): number | undefined {
  if (unsigned ? /^\d{1,20}$/.test(text) : /^[-+]?\d{1,20}$/.test(text)) return Number(text);
  if (unsigned && unconfirmed.uintAcceptsHex && /^0x[0-9a-f]{1,8}$/i.test(text)) return Number(text);
  return undefined;
}

function fits(type: AttributeSchema['type'], value: number): boolean {
  if (type === 'uint') return value <= UINT_MAX;
  if (type === 'int64') return Math.abs(value) <= 2 ** 63;
  return value >= -2147483648 && value <= 2147483647;
}
