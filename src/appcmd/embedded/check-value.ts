import type { AttributeSchema, ElementSchema } from '../../config/index.js';
import { trimPath } from '../arguments.js';
import { invalidValue, unknownAttribute } from './refusal.js';

/** What is wrong with a value, in the configuration system's words; undefined when nothing is. */
export function checkValue(schema: AttributeSchema, value: string): string | undefined {
  const type = typeProblem(schema, value);
  if (type !== undefined) return type;
  const validator = schema.validator;
  if (validator === undefined) return undefined;
  switch (validator.kind) {
    case 'integerRange': {
      const inside = Number(value) >= validator.min && Number(value) <= validator.max;
      const range = `between ${validator.min} and ${validator.max} inclusive`;
      if (validator.exclude === true) return inside ? `Integer value must not be ${range}` : undefined;
      return inside ? undefined : `Integer value must be ${range}`;
    }
    case 'timeSpanRange': {
      const time = seconds(value) ?? Number(value);
      if (time >= validator.min && time <= validator.max && time % validator.granularity === 0) return undefined;
      return `Timespan value must be between ${clock(validator.min)} and ${clock(validator.max)} seconds inclusive, with a granularity of ${validator.granularity} seconds`;
    }
    case 'nonEmptyString':
      return value === '' ? 'String must not be empty' : undefined;
    case 'requireTrimmedString':
      return value.trim() === value ? undefined : 'String must not have leading or trailing whitespace';
    case 'applicationPoolName':
      return /^[^|<>&"/[\]+=;:,?*@\\]{1,64}$/.test(value) ? undefined : 'Invalid application pool name';
    case 'siteName':
      return /^[^/\\?;:@&=+$,|"<>*]+$/.test(value) ? undefined : 'Invalid site name';
    case 'applicationPath':
      return isPath(value) ? undefined : 'Invalid application path';
    case 'virtualDirectoryPath':
      return isPath(value) ? undefined : 'Invalid virtual directory path';
  }
}

function typeProblem(schema: AttributeSchema, value: string): string | undefined {
  if (hasControlCharacter(value)) return 'String contains a character that XML cannot hold';
  const names = [...(schema.values?.keys() ?? [])];
  switch (schema.type) {
    case 'bool':
      return /^(true|false)$/i.test(value) ? undefined : 'Not a valid boolean';
    case 'uint':
      if (schema.allowInfinite === true && /^infinite$/i.test(value)) return undefined;
      return /^\d{1,10}$/.test(value) && Number(value) <= 0xffffffff ? undefined : 'Not a valid unsigned integer';
    case 'int':
    case 'int64':
      return /^-?\d{1,19}$/.test(value) ? undefined : 'Not a valid integer';
    case 'enum':
      return names.includes(value) ? undefined : `Enum must be one of ${names.join(', ')}`;
    case 'flags': {
      const parts = value.split(',').map((part) => part.trim());
      const known = value.trim() === '' || parts.every((part) => part === 'None' || names.includes(part));
      return known ? undefined : `Flags must be some combination of ${names.join(', ')}`;
    }
    case 'timeSpan':
      if (schema.allowInfinite === true && /^infinite$/i.test(value)) return undefined;
      if (schema.timeFormat !== undefined && schema.timeFormat !== 'string') {
        return /^\d{1,10}$/.test(value) ? undefined : 'Not a valid unsigned integer';
      }
      return seconds(value) === undefined ? 'Not a valid timespan' : undefined;
    case 'string':
      return undefined;
  }
}

/** `[d.]hh:mm:ss` in seconds. */
function seconds(text: string): number | undefined {
  const match = /^(?:(\d{1,8})\.)?(\d{1,2}):(\d{1,2}):(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [, days = '0', hours = '0', minutes = '0', rest = '0'] = match;
  if (Number(minutes) > 59 || Number(rest) > 59) return undefined;
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(rest);
}

function clock(total: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const days = Math.floor(total / 86_400);
  return `${days > 0 ? `${days}.` : ''}${two((total % 86_400) / 3600)}:${two((total % 3600) / 60)}:${two(total % 60)}`;
}

/** Starts with `/`, does not end with it unless it is the root, no `.` or `..` segment, nothing a path cannot hold. */
function isPath(value: string): boolean {
  if (value === '/') return true;
  if (!value.startsWith('/') || value.endsWith('/') || /[\\?*:|"<>;@&=+$,{}~]/.test(value)) return false;
  return value
    .slice(1)
    .split('/')
    .every((segment) => segment !== '' && segment !== '.' && segment !== '..');
}

function hasControlCharacter(text: string): boolean {
  // XML 1.0, production 2: tab and line ends are its only control characters; lone surrogates are no characters.
  return [...text].some((character) => {
    const code = character.codePointAt(0) ?? 0;
    return (
      (code < 0x20 && ![9, 10, 13].includes(code)) ||
      (code >= 0xd800 && code <= 0xdfff) ||
      (code >= 0xfffe && code <= 0xffff)
    );
  });
}

/** @throws Refusal exit 87 when the element has no such attribute or the value does not fit. */
export function validated(schema: ElementSchema, name: string, value: string): void {
  const known = schema.attributes.get(name);
  if (known === undefined) throw unknownAttribute(name);
  const problem = checkValue(known, value);
  if (problem !== undefined) throw invalidValue(name, problem);
}

/** A physical path as it is stored: without a trailing slash. */
export function trimPhysicalPath(value: string): string {
  if (hasControlCharacter(value))
    throw invalidValue('physicalPath', 'String contains a character that XML cannot hold');
  return trimPath(value);
}
