import { type AttributeSchema, type ElementSchema, parseValue } from '../../config/index.js';
import { trimPath } from '../arguments.js';
import { invalidValue, unknownAttribute } from './refusal.js';

/** Why a value is invalid, in the configuration system's words; undefined when it is valid. */
export function checkValue(schema: AttributeSchema, value: string): string | undefined {
  if (hasControlCharacter(value)) return 'String contains a character that XML cannot hold';
  const parsed = parseValue(schema, value);
  return 'problem' in parsed ? parsed.problem : undefined;
}

function hasControlCharacter(text: string): boolean {
  // XML 1.0, production 2: tab and line ends are its only control characters; lone surrogates are not characters.
  return [...text].some((character) => {
    const code = character.codePointAt(0) ?? 0;
    return (
      (code < 0x20 && ![9, 10, 13].includes(code)) ||
      (code >= 0xd800 && code <= 0xdfff) ||
      (code >= 0xfffe && code <= 0xffff)
    );
  });
}

/** @throws Refusal exit 87 when the element has no such attribute or the value is invalid. */
export function validated(schema: ElementSchema, name: string, value: string): void {
  const known = schema.attributes.get(name);
  if (known === undefined) throw unknownAttribute(name);
  const problem = checkValue(known, value);
  if (problem !== undefined) throw invalidValue(name, problem);
}

/** A physical path for the file: without a trailing slash. */
export function trimPhysicalPath(value: string): string {
  if (hasControlCharacter(value))
    throw invalidValue('physicalPath', 'String contains a character that XML cannot hold');
  return trimPath(value);
}
