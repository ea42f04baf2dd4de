import type { AnyNode, CallExpression, ObjectExpression } from 'acorn';
import type { ScriptContext } from './context.js';
import { keyOf, propertyName } from './properties.js';
import { follow, hasSpread, objectOf, readValue } from './values.js';

/** Stands for a part of a text that only running the code would tell. */
export const unknownPart = '\0';

/** Lists in lists and names that lead to names end. */
const deepest = 10;

/** The text that an expression makes: literals, what is joined of them, lists that are joined; `unknownPart` for the rest. */
export function textOfCode(context: ScriptContext, given: AnyNode, depth = 0): string {
  const node = follow(given, context.bindings);
  const textOf = (each: AnyNode): string => textOfCode(context, each, depth + 1);
  if (depth > deepest) return unknownPart;
  switch (node.type) {
    case 'TemplateLiteral':
      return node.quasis
        .map(({ value }, index) => {
          const inner = node.expressions[index];
          return (value.cooked ?? '') + (inner === undefined ? '' : textOf(inner));
        })
        .join('');
    case 'BinaryExpression':
      return node.operator === '+' ? textOf(node.left) + textOf(node.right) : unknownPart;
    case 'CallExpression':
      return textOfCall(context, node, textOf);
    default: {
      const value = readValue(node, context.bindings);
      return value.kind === 'literal' ? String(value.value) : unknownPart;
    }
  }
}

function textOfCall(context: ScriptContext, call: CallExpression, textOf: (node: AnyNode) => string): string {
  const { callee, arguments: given } = call;
  if (callee.type !== 'MemberExpression') return unknownPart;
  switch (propertyName(callee)) {
    case 'trim':
      return textOf(callee.object).trim();
    case 'replace':
    case 'replaceAll':
      return isOfBlanks(given[0]) ? textOf(callee.object) : unknownPart;
    case 'join': {
      const separator = given[0] === undefined ? ',' : textOf(given[0]);
      return listOf(context, callee.object, textOf)?.join(separator) ?? unknownPart;
    }
    default:
      return unknownPart;
  }
}

/** `/\s{2,}/g`, `/\n/g`: only blanks are put in place of blanks. */
const isOfBlanks = (pattern: AnyNode | undefined): boolean =>
  pattern?.type === 'Literal' &&
  ('regex' in pattern && pattern.regex
    ? /^(?:\\[snrt]|[ +*{},\d[\]()?|])+$/.test(pattern.regex.pattern)
    : /^\s+$/.test(String(pattern.value)));

function listOf(context: ScriptContext, given: AnyNode, textOf: (node: AnyNode) => string): string[] | undefined {
  const node = follow(given, context.bindings);
  if (node.type === 'ArrayExpression') return node.elements.map((each) => (each === null ? '' : textOf(each)));
  const entries = node.type === 'CallExpression' ? entriesIn(context, node) : undefined;
  return entries?.properties.flatMap((property) => {
    const key = property.type === 'Property' ? keyOf(property) : undefined;
    if (property.type !== 'Property' || key === undefined) return [unknownPart];
    return [`${key} ${(listOf(context, property.value, textOf) ?? [textOf(property.value)]).join(' ')}`];
  });
}

/** The object of `Object.entries(directives).map(([name, sources]) => ..)`. */
function entriesIn(context: ScriptContext, call: CallExpression): ObjectExpression | undefined {
  const { callee } = call;
  if (callee.type !== 'MemberExpression' || !/^(?:map|filter)$/.test(propertyName(callee) ?? '')) return undefined;
  const inner = follow(callee.object, context.bindings);
  if (inner.type !== 'CallExpression' || inner.callee.type !== 'MemberExpression') return undefined;
  if (propertyName(inner.callee) === 'map') return undefined;
  if (!/^(?:entries|keys)$/.test(propertyName(inner.callee) ?? '')) return entriesIn(context, inner);
  const object = objectOf(inner.arguments[0], context.bindings);
  return object && !hasSpread(object, context.bindings) ? object : undefined;
}
