import type { AnyNode } from 'acorn';
import type { Bindings } from './bindings.js';
import { follow } from './values.js';

const deepest = 8;

/** The number that an expression of numbers means: `50 * 1024 * 1024`, `5e6`; undefined for others. */
export function numberOf(expression: AnyNode | undefined, bindings: Bindings, depth = 0): number | undefined {
  if (expression === undefined || depth > deepest) return undefined;
  const node = follow(expression, bindings);
  if (node.type === 'Literal') return typeof node.value === 'number' ? node.value : undefined;
  if (node.type !== 'BinaryExpression') return undefined;
  const left = numberOf(node.left, bindings, depth + 1);
  const right = numberOf(node.right, bindings, depth + 1);
  if (left === undefined || right === undefined) return undefined;
  switch (node.operator) {
    case '*':
      return left * right;
    case '+':
      return left + right;
    case '**':
      return left ** right;
    case '<<':
      return left << right;
    default:
      return undefined;
  }
}
