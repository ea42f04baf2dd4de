import type { AnyNode, Expression } from 'acorn';
import { propertyName } from './properties.js';
import type { Tree } from './tree.js';

type Fields = Map<string, Expression | undefined>;

/**
 * The values of the fields of the classes of a program: `this.app` of `this.app = express()`, or of `app = express()` in the class body.
 *
 * @returns for `this.name` the value of a field that is set once in its class; undefined for all others.
 */
export function fieldsOf(tree: Tree): (node: AnyNode) => Expression | undefined {
  let known: Map<AnyNode, Fields> | undefined;
  let below: ReadonlyMap<string, number> | undefined;
  return (node) => {
    const name = fieldName(node);
    if (name === undefined) return undefined;
    const around = classAround(tree, node);
    if (around === undefined) return undefined;
    known ??= readFields(tree);
    below ??= countBelow(tree, known);
    const isOverridden = (below.get(name) ?? 0) > Number(isSubclass(tree, around) && known.get(around)?.has(name));
    return isOverridden ? undefined : known.get(around)?.get(name);
  };
}

/** How many classes that extend another one set a field of each name. */
function countBelow(tree: Tree, classes: ReadonlyMap<AnyNode, Fields>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [body, fields] of classes) {
    if (!isSubclass(tree, body)) continue;
    for (const name of fields.keys()) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** Its objects are those of another class as well, whose fields it may set. */
export function isSubclass(tree: Tree, body: AnyNode): boolean {
  const around = tree.parentOf(body);
  return (around?.type === 'ClassDeclaration' || around?.type === 'ClassExpression') && around.superClass != null;
}

/** 'app' of `this.app`. */
const fieldName = (node: AnyNode): string | undefined =>
  node.type === 'MemberExpression' && node.object.type === 'ThisExpression' ? propertyName(node) : undefined;

/** The innermost class whose `this` it is; a function in between has a `this` of its own. */
export function classAround(tree: Tree, node: AnyNode): AnyNode | undefined {
  let inner = node;
  for (let at = tree.parentOf(node); at !== undefined; at = tree.parentOf(at)) {
    if (at.type === 'ClassBody') return inner.type === 'MethodDefinition' && inner.static ? undefined : at;
    const isOwn = at.type === 'FunctionDeclaration' || at.type === 'FunctionExpression';
    if (isOwn && tree.parentOf(at)?.type !== 'MethodDefinition') return undefined;
    inner = at;
  }
  return undefined;
}

function readFields(tree: Tree): Map<AnyNode, Fields> {
  const classes = new Map<AnyNode, Fields>();
  const add = (around: AnyNode | undefined, name: string | undefined, value: Expression | undefined): void => {
    if (around === undefined || name === undefined) return;
    const fields = classes.get(around) ?? new Map<string, Expression | undefined>();
    fields.set(name, fields.has(name) ? undefined : value);
    classes.set(around, fields);
  };
  for (const node of tree.ofType('PropertyDefinition')) {
    if (!node.static && node.value) add(tree.parentOf(node), keyOfField(node), node.value);
  }
  for (const { left, operator, right } of tree.ofType('AssignmentExpression')) {
    const name = fieldName(left);
    if (name !== undefined) add(classAround(tree, left), name, operator === '=' ? right : undefined);
  }
  return classes;
}

const keyOfField = (node: Extract<AnyNode, { readonly type: 'PropertyDefinition' }>): string | undefined =>
  node.computed || node.key.type !== 'Identifier' ? undefined : node.key.name;
