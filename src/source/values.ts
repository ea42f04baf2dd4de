import type { AnyNode, Expression, ObjectExpression, Property, SpreadElement } from 'acorn';
import type { Bindings } from './bindings.js';
import { isProcessEnv, keyOf } from './properties.js';
import type { Variable } from './variable.js';

/** What is known about an expression without running it. */
export type Value =
  | { readonly kind: 'literal'; readonly value: string | number | boolean; readonly node: Expression }
  /** It depends on process.env, and possibly on other things. */
  | { readonly kind: 'environment' }
  | { readonly kind: 'unknown' };

const unknown: Value = { kind: 'unknown' };
const environment: Value = { kind: 'environment' };
/** `const a = b, b = a` must end. */
const deepest = 12;
/** Limit of a computed string: longer ones repeat the same parts. */
const longest = 10_000;

/** Does the expression read process.env, directly or through names of this file? */
export function mentionsEnvironment(node: AnyNode, bindings: Bindings, seen = new Set<Variable>()): boolean {
  return bindings.within(node).some((inner) => {
    if (inner.type !== 'Identifier') return isProcessEnv(inner);
    const variable = bindings.variableOf(inner);
    if (variable === undefined || seen.has(variable)) return false;
    seen.add(variable);
    const init = bindings.initOf(variable);
    return bindings.isEnvironment(variable) || (init !== undefined && mentionsEnvironment(init, bindings, seen));
  });
}

/** Follows names with a single value to their expression. */
export function follow(node: AnyNode, bindings: Bindings): AnyNode {
  let meant = node;
  for (let depth = 0; depth < deepest; depth += 1) {
    const next =
      meant.type === 'ParenthesizedExpression'
        ? meant.expression
        : meant.type === 'Identifier'
          ? bindings.initOf(bindings.variableOf(meant))
          : undefined;
    if (next === undefined) return meant;
    meant = next;
  }
  return meant;
}

function joined(parts: readonly Value[], node: Expression): Value {
  let text = '';
  for (const part of parts) {
    if (part.kind !== 'literal' || text.length > longest) return unknown;
    text += String(part.value);
  }
  return { kind: 'literal', value: text, node };
}

/** The value of an expression, as far as it is known from this file. */
export function readValue(expression: AnyNode, bindings: Bindings): Value {
  return valueWithin(expression, bindings, new Map());
}

/** @param known A cache of the values of names; names that are being read have the value unknown. */
function valueWithin(expression: AnyNode, bindings: Bindings, known: Map<AnyNode, Value>): Value {
  const node = follow(expression, bindings);
  const before = known.get(node);
  if (before) return before;
  known.set(node, unknown);
  const value = mentionsEnvironment(node, bindings) ? environment : computed(node, bindings, known);
  known.set(node, value);
  return value;
}

function computed(node: AnyNode, bindings: Bindings, known: Map<AnyNode, Value>): Value {
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' || typeof node.value === 'number' || typeof node.value === 'boolean'
        ? { kind: 'literal', value: node.value, node }
        : unknown;
    case 'TemplateLiteral': {
      const parts: Value[] = [];
      node.quasis.forEach((quasi, index) => {
        parts.push({ kind: 'literal', value: quasi.value.cooked ?? '', node });
        const inner = node.expressions[index];
        if (inner) parts.push(valueWithin(inner, bindings, known));
      });
      return joined(parts, node);
    }
    case 'BinaryExpression':
      if (node.operator !== '+') return unknown;
      return joined([valueWithin(node.left, bindings, known), valueWithin(node.right, bindings, known)], node);
    default:
      return unknown;
  }
}

/** An options object as far as it can be read; undefined when it is not a literal object of this file. */
export function objectOf(expression: AnyNode | undefined, bindings: Bindings): ObjectExpression | undefined {
  if (!expression) return undefined;
  const node = follow(expression, bindings);
  return node.type === 'ObjectExpression' ? node : undefined;
}

/** An object literal's properties, including those of spread literals; and spreads of unknown objects. */
function propertiesOf(object: ObjectExpression, bindings: Bindings, depth = 0): readonly (Property | SpreadElement)[] {
  return object.properties.flatMap((property: Property | SpreadElement) => {
    const spread = property.type === 'SpreadElement' && depth < 5 ? objectOf(property.argument, bindings) : undefined;
    return spread ? propertiesOf(spread, bindings, depth + 1) : [property];
  });
}

/** True when a spread may add unknown keys. */
export function hasSpread(object: ObjectExpression, bindings: Bindings): boolean {
  return propertiesOf(object, bindings).some((property) => property.type === 'SpreadElement');
}

/**
 * The value of a key in an object literal; the last one takes effect, as in JavaScript. undefined also where a later spread may
 * override it: `{ path: '/a', ...options }`.
 */
export function propertyOf(object: ObjectExpression, key: string, bindings: Bindings): Expression | undefined {
  let found: Expression | undefined;
  for (const property of propertiesOf(object, bindings)) {
    if (property.type === 'SpreadElement') found = undefined;
    else if (keyOf(property) === key) found = property.value;
  }
  return found;
}
