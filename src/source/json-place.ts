import type { Expression, ObjectExpression } from 'acorn';
import { parseExpressionAt } from 'acorn';
import { type Place, placeAt, type TextFile } from './text-file.js';

/**
 * The place of a value in a JSON text, by the names that lead to it: of the name in an object, of the value in a list. The last of two
 * equal names counts, as for JSON.parse. The place of what contains it where it is not found, or the text is not JSON.
 */
export function placeInJson(source: TextFile, names: readonly (string | number)[]): Place {
  let value = parsed(source.text);
  let offset = value?.start ?? 0;
  for (const name of names) {
    const found = value === undefined ? undefined : memberOf(value, name);
    if (found === undefined) break;
    value = found.value;
    offset = found.at;
  }
  return placeAt(source, offset);
}

/** The members of the object that these names lead to; none where it is not found, or the text is not JSON. Never throws. */
export function membersInJson(text: string, names: readonly string[]): ReturnType<typeof membersOf> {
  let value = parsed(text);
  for (const name of names) value = value && memberOf(value, name)?.value;
  return value?.type === 'ObjectExpression' ? membersOf(value) : [];
}

/** JSON is an expression of ECMAScript since its 2019 edition. */
function parsed(text: string): Expression | undefined {
  try {
    return parseExpressionAt(text, 0, { ecmaVersion: 2020 });
  } catch {
    return undefined; // not JSON, or nested too deeply
  }
}

interface Member {
  readonly at: number;
  readonly value: Expression;
}

function memberOf(value: Expression, name: string | number): Member | undefined {
  if (value.type === 'ArrayExpression' && typeof name === 'number') {
    const element = value.elements[name];
    return element && element.type !== 'SpreadElement' ? { at: element.start, value: element } : undefined;
  }
  if (value.type !== 'ObjectExpression') return undefined;
  return membersOf(value).findLast(({ key }) => key === name);
}

const membersOf = ({ properties }: ObjectExpression): readonly (Member & { readonly key: unknown })[] =>
  properties.flatMap((each) =>
    each.type === 'Property' && each.key.type === 'Literal'
      ? [{ key: each.key.value, at: each.key.start, value: each.value as Expression }]
      : [],
  );
