import type { AnyNode } from 'acorn';
import type { Bindings } from './bindings.js';
import { keyOf } from './properties.js';
import { valueInPage } from './value-in-page.js';
import { follow } from './values.js';

/** A value that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** Deeper values, and values of more parts, are taken as unknown. */
const deepest = 10;
const mostParts = 200;

/** What an expression of a page's script is worth there, as JSON; undefined when some of it cannot be said without running it. */
export function jsonInPage(
  expression: AnyNode,
  bindings: Bindings,
  page: { readonly address: URL; readonly base: URL },
): Json | undefined {
  let parts = 0;
  return read(expression, 0);

  function read(from: AnyNode, depth: number): Json | undefined {
    parts += 1;
    if (depth > deepest || parts > mostParts) return undefined;
    const node = follow(from, bindings);
    if (node.type === 'ObjectExpression') return object(node, depth);
    if (node.type === 'ArrayExpression') {
      const all = node.elements.map((each) => (each === null ? undefined : read(each, depth + 1)));
      return all.every((each) => each !== undefined) ? all : undefined;
    }
    const isPlain = node.type === 'Literal' && (node.value === null || /^(number|boolean)$/.test(typeof node.value));
    if (isPlain && !('regex' in node && node.regex)) return node.value as Json;
    return valueInPage(node, bindings, page);
  }

  function object(node: Extract<AnyNode, { type: 'ObjectExpression' }>, depth: number): Json | undefined {
    const found: [string, Json][] = [];
    for (const property of node.properties) {
      const key = property.type === 'Property' ? keyOf(property) : undefined;
      const value =
        property.type === 'Property' && property.kind === 'init' ? read(property.value, depth + 1) : undefined;
      if (key === undefined || value === undefined) return undefined;
      found.push([key, value]);
    }
    return Object.fromEntries(found);
  }
}
