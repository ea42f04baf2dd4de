import type { AnyNode, AssignmentProperty, Expression, ObjectExpression, Property, SpreadElement } from 'acorn';
import type { Tree } from './tree.js';

/** What can be said about an expression without running it. */
export type Value =
  | { readonly kind: 'literal'; readonly value: string | number | boolean; readonly node: Expression }
  /** It depends on process.env, whatever else it depends on. */
  | { readonly kind: 'environment' }
  | { readonly kind: 'unknown' };

const unknown: Value = { kind: 'unknown' };
const environment: Value = { kind: 'environment' };
/** `a = b; b = a` must end. */
const deepest = 12;

/** Names a file binds exactly once and never assigns again, with what they are bound to. */
export interface Bindings {
  /** The nodes of an expression, itself last. */
  within(node: AnyNode): readonly AnyNode[];
  initOf(name: string): Expression | undefined;
  /** The file makes the name its own: a variable, function, class, parameter or import. */
  declares(name: string): boolean;
  /** The name comes out of `const { name } = process.env`, or out of a module where it depends on process.env. */
  isEnvironment(name: string): boolean;
}

function boundNames(pattern: AnyNode, names: string[] = []): string[] {
  switch (pattern.type) {
    case 'Identifier':
      names.push(pattern.name);
      break;
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        boundNames(property.type === 'Property' ? property.value : property.argument, names);
      }
      break;
    case 'ArrayPattern':
      for (const element of pattern.elements) if (element) boundNames(element, names);
      break;
    case 'AssignmentPattern':
      boundNames(pattern.left, names);
      break;
    case 'RestElement':
      boundNames(pattern.argument, names);
      break;
    default:
  }
  return names;
}

/** `process.env` itself, not one of its members. */
function isProcessEnv(node: AnyNode | null | undefined): boolean {
  return (
    node?.type === 'MemberExpression' &&
    node.object.type === 'Identifier' &&
    node.object.name === 'process' &&
    propertyName(node) === 'env'
  );
}

/** `a.b` and `a['b']` give 'b'. */
export function propertyName(node: AnyNode): string | undefined {
  if (node.type !== 'MemberExpression') return undefined;
  if (!node.computed && node.property.type === 'Identifier') return node.property.name;
  return node.property.type === 'Literal' ? String(node.property.value) : undefined;
}

/** The key of `{ key: .. }` and `{ 'key': .. }`. */
export function keyOf(property: Property | AssignmentProperty): string | undefined {
  if (property.computed) return undefined;
  if (property.key.type === 'Identifier') return property.key.name;
  return property.key.type === 'Literal' ? String(property.key.value) : undefined;
}

/**
 * Scopes are not told apart: a name declared twice anywhere in the file is nobody's. Saying nothing is safer than
 * accusing the wrong line. `imported`: names that depend on process.env in the module they come from.
 */
export function readBindings(tree: Tree, imported: ReadonlySet<string> = new Set()): Bindings {
  const declared = new Map<string, number>();
  const inits = new Map<string, Expression>();
  const environmentNames = new Set<string>();
  const assigned = new Set<string>();
  const declare = (pattern: AnyNode | null | undefined): void => {
    if (pattern) for (const name of boundNames(pattern)) declared.set(name, (declared.get(name) ?? 0) + 1);
  };
  for (const node of tree.nodes) {
    switch (node.type) {
      case 'VariableDeclarator':
        declare(node.id);
        if (node.id.type === 'Identifier' && node.init) inits.set(node.id.name, node.init);
        else if (isProcessEnv(node.init)) for (const name of boundNames(node.id)) environmentNames.add(name);
        break;
      case 'FunctionDeclaration':
        declare(node.id);
        node.params.forEach(declare);
        break;
      case 'ClassDeclaration':
        declare(node.id);
        break;
      case 'ImportSpecifier':
      case 'ImportDefaultSpecifier':
      case 'ImportNamespaceSpecifier':
        declare(node.local);
        break;
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        node.params.forEach(declare);
        break;
      case 'AssignmentExpression':
        for (const name of boundNames(node.left)) assigned.add(name);
        break;
      case 'UpdateExpression':
        for (const name of boundNames(node.argument)) assigned.add(name);
        break;
      default:
    }
  }
  const single = (name: string): boolean => declared.get(name) === 1 && !assigned.has(name);
  return {
    within: (node) => tree.within(node),
    initOf: (name) => (single(name) ? inits.get(name) : undefined),
    declares: (name) => declared.has(name),
    isEnvironment: (name) => environmentNames.has(name) || (imported.has(name) && declared.get(name) === 1),
  };
}

/** Does the expression read process.env, directly or through a name of this file? */
export function mentionsEnvironment(node: AnyNode, bindings: Bindings, depth = 0): boolean {
  if (depth > deepest) return false;
  return bindings.within(node).some((inner) => {
    if (inner.type !== 'Identifier') return isProcessEnv(inner);
    const init = bindings.initOf(inner.name);
    if (bindings.isEnvironment(inner.name)) return true;
    return init !== undefined && init !== node && mentionsEnvironment(init, bindings, depth + 1);
  });
}

/** Follows names bound once in this file to the expression they stand for. */
export function follow(node: AnyNode, bindings: Bindings, depth = 0): AnyNode {
  if (node.type === 'ParenthesizedExpression') return follow(node.expression, bindings, depth + 1);
  if (node.type !== 'Identifier' || depth > deepest) return node;
  const init = bindings.initOf(node.name);
  return init ? follow(init, bindings, depth + 1) : node;
}

function joined(parts: readonly Value[], node: Expression): Value {
  const literals: string[] = [];
  for (const part of parts) {
    if (part.kind !== 'literal') return unknown;
    literals.push(String(part.value));
  }
  return { kind: 'literal', value: literals.join(''), node };
}

/** The value of an expression as far as the file alone tells it. */
export function readValue(expression: AnyNode, bindings: Bindings, depth = 0): Value {
  if (depth > deepest) return unknown;
  const node = follow(expression, bindings, depth);
  if (mentionsEnvironment(node, bindings)) return environment;
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
        if (inner) parts.push(readValue(inner, bindings, depth + 1));
      });
      return joined(parts, node);
    }
    case 'BinaryExpression':
      if (node.operator !== '+') return unknown;
      return joined([readValue(node.left, bindings, depth + 1), readValue(node.right, bindings, depth + 1)], node);
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

/** An object literal's properties, those of the literals that it spreads among them; spreads of what the source does not show. */
function propertiesOf(object: ObjectExpression, bindings: Bindings, depth = 0): readonly (Property | SpreadElement)[] {
  return object.properties.flatMap((property: Property | SpreadElement) => {
    const spread = property.type === 'SpreadElement' && depth < 5 ? objectOf(property.argument, bindings) : undefined;
    return spread ? propertiesOf(spread, bindings, depth + 1) : [property];
  });
}

/** True when a spread may bring keys that the source does not show. */
export function hasSpread(object: ObjectExpression, bindings: Bindings): boolean {
  return propertiesOf(object, bindings).some((property) => property.type === 'SpreadElement');
}

/**
 * The value of a key in an object literal; the last one wins, as in JavaScript. undefined also where a spread behind it may
 * bring another one: `{ path: '/a', ...options }`.
 */
export function propertyOf(object: ObjectExpression, key: string, bindings: Bindings): Expression | undefined {
  let found: Expression | undefined;
  for (const property of propertiesOf(object, bindings)) {
    if (property.type === 'SpreadElement') found = undefined;
    else if (keyOf(property) === key) found = property.value;
  }
  return found;
}
