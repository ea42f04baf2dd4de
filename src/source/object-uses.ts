import type { AnyNode, MemberExpression } from 'acorn';
import { propertyName } from './properties.js';
import type { Tree } from './tree.js';
import { isSetAgain, type Variable } from './variable.js';

/**
 * The members of an object that a program names: `chat.start` of `const chat = new Chat()`. undefined where the object is also used in
 * another way: then it may be handed on, and other code may call its methods.
 *
 * @param node What makes the object, or `this`.
 */
export function namedMembersOf(
  tree: Tree,
  variableOf: (name: AnyNode) => Variable | undefined,
  node: AnyNode,
): readonly MemberExpression[] | undefined {
  const direct = namedMember(tree, node);
  if (direct !== undefined) return [direct];
  const use = tree.parentOf(node);
  if (use?.type === 'ExpressionStatement' || (use !== undefined && isBind(use, node))) return [];
  if (use?.type !== 'VariableDeclarator' || use.init !== node || use.id.type !== 'Identifier') return undefined;
  const variable = variableOf(use.id);
  if (variable?.defs.length !== 1 || isSetAgain(variable) || isExported(tree, use)) return undefined;
  const members: MemberExpression[] = [];
  for (const { identifier, init } of variable.references) {
    if (init === true) continue;
    const member = namedMember(tree, identifier);
    if (member === undefined) return undefined;
    members.push(member);
  }
  return members;
}

/** `a.name` around `a`. */
function namedMember(tree: Tree, object: AnyNode): MemberExpression | undefined {
  const member = tree.parentOf(object);
  if (member?.type !== 'MemberExpression' || member.object !== object) return undefined;
  return propertyName(member) !== undefined || member.property.type === 'PrivateIdentifier' ? member : undefined;
}

/** `this.say.bind(this)` hands on a method of the object that it is bound to. */
function isBind(call: AnyNode, given: AnyNode): boolean {
  if (call.type !== 'CallExpression' || call.arguments[0] !== given || given.type !== 'ThisExpression') return false;
  const { callee } = call;
  if (callee.type !== 'MemberExpression' || propertyName(callee) !== 'bind') return false;
  return callee.object.type === 'MemberExpression' && callee.object.object.type === 'ThisExpression';
}

/** `export function a()`, `export const a = ..`. */
export function isExported(tree: Tree, declared: AnyNode): boolean {
  const around = tree.parentOf(declared);
  const outer = around?.type === 'VariableDeclaration' ? tree.parentOf(around) : around;
  return outer?.type === 'ExportNamedDeclaration' || outer?.type === 'ExportDefaultDeclaration';
}
