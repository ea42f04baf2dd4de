import type { AnyNode, ObjectExpression } from 'acorn';
import { propertyName } from './properties.js';
import type { Tree } from './tree.js';

/** What sets properties of its first argument: `Object.assign(config, ..)`, `_.merge(config, ..)`. */
const setters = /^(?:assign|merge|mergeWith|extend|defaults|defaultsDeep|set|mixin|defineProperty|defineProperties)$/;

/** The properties that a program changes after it made their object, by name only: which object it is, no reader can say. */
interface Changed {
  readonly keys: ReadonlySet<string>;
  /** Names of objects of which any property may be changed. */
  readonly objects: ReadonlySet<string>;
}

/** An object literal, a key of it, and the expression that leads to it: `config` of `config.port`. */
interface OfObject {
  readonly object: ObjectExpression;
  readonly key: string;
  readonly by: AnyNode;
}

/** May the program change a property of an object literal after it made it? */
export function changedPropertiesOf(tree: Tree): (property: OfObject) => boolean {
  let known: Changed | undefined;
  return ({ object, key, by }) => {
    known ??= changedIn(tree);
    const { keys, objects } = known;
    return keys.has(key) || [rootOf(by), nameOf(tree, object)].some((name) => name !== undefined && objects.has(name));
  };
}

/** The name of the variable or field that an object literal, or the one around it, is the value of. */
function nameOf(tree: Tree, object: ObjectExpression): string | undefined {
  let at = tree.parentOf(object);
  while (at?.type === 'Property' || at?.type === 'ObjectExpression') at = tree.parentOf(at);
  if (at?.type === 'VariableDeclarator') return rootOf(at.id);
  return at?.type === 'AssignmentExpression' ? rootOf(at.left) : undefined;
}

function changedIn(tree: Tree): Changed {
  const keys = new Set<string>();
  const objects = new Set<string>();
  const change = (target: AnyNode): void => {
    if (target.type !== 'MemberExpression') return;
    const key = propertyName(target);
    const root = rootOf(target.object);
    if (key !== undefined) keys.add(key);
    else if (root !== undefined) objects.add(root);
  };
  for (const { left } of tree.ofType('AssignmentExpression')) change(left);
  for (const { argument } of tree.ofType('UpdateExpression')) change(argument);
  for (const { operator, argument } of tree.ofType('UnaryExpression')) if (operator === 'delete') change(argument);
  for (const { callee, arguments: given } of tree.ofType('CallExpression')) {
    const name = callee.type === 'Identifier' ? callee.name : propertyName(callee);
    const root = given[0] && rootOf(given[0]);
    if (root !== undefined && name !== undefined && setters.test(name)) objects.add(root);
  }
  return { keys, objects };
}

/** 'config' of `config.server.port`; 'this' of `this.config`. */
function rootOf(node: AnyNode): string | undefined {
  let at = node;
  while (at.type === 'MemberExpression') at = at.object;
  if (at.type === 'ThisExpression') return 'this';
  return at.type === 'Identifier' ? at.name : undefined;
}
