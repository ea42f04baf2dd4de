import type { AnyNode, Expression, Identifier, ObjectExpression } from 'acorn';
import { remembered } from '../remembered.js';
import type { Bindings } from './bindings.js';
import { keyOf, propertyName } from './properties.js';

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
export const mentionsEnvironment = (node: AnyNode, bindings: Bindings): boolean => bindings.readsEnvironment(node);

/** Follows names with a single value to their expression. `from`: how many were followed on the way here. */
export function follow(node: AnyNode, bindings: Bindings, from = 0): AnyNode {
  let meant = node;
  for (let depth = from; depth < deepest; depth += 1) {
    const next =
      meant.type === 'ParenthesizedExpression'
        ? meant.expression
        : meant.type === 'Identifier'
          ? valueOfName(meant, bindings, depth + 1)
          : meant.type === 'MemberExpression'
            ? (bindings.fieldOf(meant) ??
              valueBehind({ at: meant, by: meant.object, key: propertyName(meant) }, bindings, depth + 1))
            : undefined;
    if (next === undefined) return meant;
    meant = next;
  }
  return meant;
}

/** As many values of properties are asked for by one another: `{ ...a.web }` of `a = { web: { ...b.web } }`. */
const mostAsked = 50;

/** Values of properties and of names, also of those that are being asked for, and how many are. */
const foundIn = remembered((_bindings: Bindings) => ({ known: new Map<AnyNode, Expression | undefined>(), asked: 0 }));

function valueOfName(name: Identifier, bindings: Bindings, depth: number): Expression | undefined {
  const variable = bindings.variableOf(name);
  const init = bindings.initOf(variable);
  if (init !== undefined || variable === undefined) return init;
  const part = bindings.partOf(variable);
  const [declared] = variable.defs;
  return part && declared && valueBehind({ at: declared.name, by: part.value, ...part }, bindings, depth);
}

/** A property of what an expression leads to: `config.port`, `port` of `const { port = 3000 } = config`. */
interface Property {
  readonly at: AnyNode;
  readonly by: AnyNode;
  readonly key: string | undefined;
  readonly otherwise?: Expression | undefined;
}

/** Its value where it leads to an object literal of this program that stays as it is. */
function valueBehind({ at, by, key, otherwise }: Property, bindings: Bindings, depth: number): Expression | undefined {
  const found = foundIn(bindings);
  if (key === undefined || found.asked >= mostAsked) return undefined;
  if (found.known.has(at)) return found.known.get(at);
  found.known.set(at, undefined); // `const a = { x: a.x }` must end
  found.asked += 1;
  const object = follow(by, bindings, depth);
  const isLasting = object.type === 'ObjectExpression' && !bindings.changes.ofObject({ object, key, by });
  const value = isLasting
    ? (propertyOf(object, key, bindings) ?? (hasSpread(object, bindings) ? undefined : otherwise))
    : undefined;
  found.asked -= 1;
  found.known.set(at, value);
  return value;
}

/** The values of a program's expressions that some reader has asked for. */
const valuesIn = remembered((_bindings: Bindings) => new Map<AnyNode, Value>());

/** The value of an expression, as far as it is known from this file. */
export function readValue(expression: AnyNode, bindings: Bindings): Value {
  const known = valuesIn(bindings);
  const asked = follow(expression, bindings);
  // Without recursion: a name may lead through thousands of others.
  const pending = [asked];
  const begun = new Set<AnyNode>();
  for (let node = pending.at(-1); node; node = pending.at(-1)) {
    if (known.has(node)) pending.pop();
    else if (bindings.readsEnvironment(node)) known.set(node, environment);
    else {
      const parts = partsOf(node, bindings);
      const missing = begun.has(node) ? [] : parts.filter((part) => !known.has(part) && !begun.has(part));
      begun.add(node);
      for (const part of missing) pending.push(part);
      // A value that leads back to itself is not known.
      if (missing.length === 0)
        known.set(
          node,
          computed(
            node,
            parts.map((part) => known.get(part) ?? unknown),
          ),
        );
    }
  }
  return known.get(asked) ?? unknown;
}

/** The expressions that a text is joined from. */
function partsOf(node: AnyNode, bindings: Bindings): readonly AnyNode[] {
  if (node.type === 'TemplateLiteral') return node.expressions.map((part) => follow(part, bindings));
  if (node.type !== 'BinaryExpression' || node.operator !== '+') return [];
  return [follow(node.left, bindings), follow(node.right, bindings)];
}

function computed(node: AnyNode, parts: readonly Value[]): Value {
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' || typeof node.value === 'number' || typeof node.value === 'boolean'
        ? { kind: 'literal', value: node.value, node }
        : unknown;
    case 'TemplateLiteral': {
      const text = node.quasis.map(({ value }): Value => ({ kind: 'literal', value: value.cooked ?? '', node }));
      return joined(
        text.flatMap((quasi, index) => [quasi, parts[index] ?? []].flat()),
        node,
      );
    }
    case 'BinaryExpression':
      return node.operator === '+' ? joined(parts, node) : unknown;
    default:
      return unknown;
  }
}

function joined(parts: readonly Value[], node: Expression): Value {
  let text = '';
  for (const part of parts) {
    if (part.kind !== 'literal' || text.length > longest) return unknown;
    text += String(part.value);
  }
  return { kind: 'literal', value: text, node };
}

/** An options object as far as it can be read; undefined when it is not a literal object of this file. */
export function objectOf(expression: AnyNode | undefined, bindings: Bindings): ObjectExpression | undefined {
  if (!expression) return undefined;
  const node = follow(expression, bindings);
  return node.type === 'ObjectExpression' ? node : undefined;
}

/** What an object literal says itself: the last value of each key, and what it spreads, each with its index. */
interface OwnKeys {
  readonly values: ReadonlyMap<string, { readonly at: number; readonly value: Expression }>;
  readonly spreads: readonly { readonly at: number; readonly argument: Expression }[];
}

/** 'open': an unknown object may set it last. */
type Found = Expression | 'open' | undefined;

/** A script may hand the same object to thousands of calls. */
const ownKeysOf = remembered((object: ObjectExpression): OwnKeys => {
  const values = new Map<string, { at: number; value: Expression }>();
  const spreads: { at: number; argument: Expression }[] = [];
  for (const [at, property] of object.properties.entries()) {
    const key = property.type === 'Property' ? keyOf(property) : undefined;
    if (property.type === 'SpreadElement') spreads.push({ at, argument: property.argument });
    else if (key !== undefined) values.set(key, { at, value: property.value });
  }
  return { values, spreads };
});

/** What was asked of objects so far, and by how many spreads they were reached. */
const askedOf = remembered((_bindings: Bindings) => new Map<ObjectExpression, Map<string, Found>>());

/** Objects that spread one another are followed this far. */
const mostSpreads = 5;
const spreadIn = (argument: Expression, bindings: Bindings, depth: number): ObjectExpression | undefined =>
  depth < mostSpreads ? objectOf(argument, bindings) : undefined;

/** True when a spread may add unknown keys. */
export const hasSpread = (object: ObjectExpression, bindings: Bindings): boolean =>
  lastOf(object, undefined, bindings, 0) === 'open';

/**
 * The value of a key in an object literal; the last one takes effect, as in JavaScript. undefined also where a later spread may
 * override it: `{ path: '/a', ...options }`.
 */
export function propertyOf(object: ObjectExpression, key: string, bindings: Bindings): Expression | undefined {
  const found = lastOf(object, key, bindings, 0);
  return found === 'open' ? undefined : found;
}

/** What sets a key last; without a key only 'open' is found. Each object is asked once, however many spread it. */
function lastOf(object: ObjectExpression, key: string | undefined, bindings: Bindings, depth: number): Found {
  const { values, spreads } = ownKeysOf(object);
  const all = askedOf(bindings);
  const asked = all.get(object) ?? new Map<string, Found>();
  all.set(object, asked);
  const question = key === undefined ? `${depth}` : `${depth} ${key}`;
  if (asked.has(question)) return asked.get(question);
  const own = key === undefined ? undefined : values.get(key);
  let last: Found;
  for (const { at, argument } of spreads.toReversed()) {
    if (last !== undefined || (own !== undefined && at < own.at)) break;
    const spread = spreadIn(argument, bindings, depth);
    last = spread === undefined ? 'open' : lastOf(spread, key, bindings, depth + 1);
  }
  const found = last ?? own?.value;
  asked.set(question, found);
  return found;
}
