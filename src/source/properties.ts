import type { AnyNode, AssignmentProperty, CallExpression, MethodDefinition, NewExpression, Property } from 'acorn';

/** `process.env` itself, not one of its members. */
export function isProcessEnv(node: AnyNode | null | undefined): boolean {
  return (
    node?.type === 'MemberExpression' &&
    node.object.type === 'Identifier' &&
    node.object.name === 'process' &&
    propertyName(node) === 'env'
  );
}

/** Returns 'b' for `a.b` and `a['b']`, also where a minifier has written that text as a template. */
export function propertyName(node: AnyNode): string | undefined {
  if (node.type !== 'MemberExpression') return undefined;
  const { property } = node;
  if (!node.computed && property.type === 'Identifier') return property.name;
  if (property.type === 'TemplateLiteral')
    return property.expressions.length === 0 ? (property.quasis[0]?.value.cooked ?? undefined) : undefined;
  return property.type === 'Literal' ? String(property.value) : undefined;
}

/** The key of `{ key: .. }` and `{ 'key': .. }`; the name of a method. */
export function keyOf(property: Property | AssignmentProperty | MethodDefinition): string | undefined {
  if (property.computed) return undefined;
  if (property.key.type === 'Identifier') return property.key.name;
  return property.key.type === 'Literal' ? String(property.key.value) : undefined;
}

/** `f()` and `new F()`. */
export const isCall = (node: AnyNode): node is CallExpression | NewExpression =>
  node.type === 'CallExpression' || node.type === 'NewExpression';
