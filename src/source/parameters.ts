import type { AnyNode, CallExpression, Expression, MemberExpression, NewExpression, Pattern } from 'acorn';
import { remembered } from '../remembered.js';
import { addTo } from './add-to.js';
import { type FunctionNode, isFunctionNode } from './function-node.js';
import { isExported, namedMembersOf } from './object-uses.js';
import { isCall, keyOf, propertyName } from './properties.js';
import type { Scopes } from './scopes.js';
import type { Tree } from './tree.js';
import { isSetAgain, type Variable } from './variable.js';

type Call = CallExpression | NewExpression;

/** The calls of a program's functions, where each has one. */
export interface Parameters {
  /**
   * The only call of a function, of a method by a name that has an object of its class, or of a class by its constructor; undefined
   * where there are others, or may be.
   */
  onlyCallOf(made: AnyNode): Call | undefined;
  /** What a parameter stands for: the value that the only call of its function gives, or its default. */
  valueOf(variable: Variable): Expression | undefined;
  /** The same for a name in the pattern of a parameter: `port` of `({ port })`. */
  partOf(variable: Variable): PartOfValue | undefined;
}

interface Part {
  readonly key: string;
  readonly otherwise: Expression | undefined;
}

/** What `{ key: name = otherwise }` gives a name of a value. */
export interface PartOfValue extends Part {
  readonly value: Expression;
}

/** Reads who calls the functions of a program. Exported functions, and those that are passed on, may be called by others. */
export function parametersOf(tree: Tree, scopes: () => Scopes): Parameters {
  const calls = new Map<AnyNode, Call | undefined>();
  const ofMethod = methodCalls(tree, scopes);
  const onlyCallOf = (made: AnyNode): Call | undefined => {
    if (!isFunctionNode(made)) return undefined;
    if (!calls.has(made)) calls.set(made, ofMethod(made) ?? findOnlyCall(tree, scopes, made));
    return calls.get(made);
  };
  const given = (variable: Variable): Expression | PartOfValue | undefined => {
    const [definition, other] = variable.defs;
    const made = definition?.type === 'Parameter' && other === undefined ? definition.node : undefined;
    if (made === undefined || !isFunctionNode(made)) return undefined;
    if (isSetAgain(variable)) return undefined;
    const call = onlyCallOf(made);
    return call && givenTo(made, variable.name, call.arguments);
  };
  return {
    onlyCallOf,
    valueOf: (variable) => {
      const found = given(variable);
      return found && 'type' in found ? found : undefined;
    },
    partOf: (variable) => {
      const found = given(variable);
      return found && 'key' in found ? found : undefined;
    },
  };
}

function findOnlyCall(tree: Tree, scopes: () => Scopes, made: FunctionNode): Call | undefined {
  const around = tree.parentOf(made);
  if (namesItself(tree, made)) return undefined;
  if (around !== undefined && isCall(around) && around.callee === made) return around;
  if (around?.type === 'MethodDefinition' && makesUnnamed(tree)) return undefined;
  const variable = scopes().variableOf(nameOf(tree, made) ?? made);
  if (variable?.defs.length !== 1 || isExportedName(tree, variable)) return undefined;
  if (variable.defs.some(({ node }) => namesItself(tree, node))) return undefined;
  let found: Call | undefined;
  for (const { identifier, init } of variable.references) {
    if (init === true) continue;
    const use = tree.parentOf(identifier);
    if (found !== undefined || use === undefined || !isCall(use) || use.callee !== identifier) return undefined;
    found = use;
  }
  return found;
}

/** Calls of methods on objects that the program makes itself: `new Chat().start(3000)`, `chat.start(3000)`. */
function methodCalls(tree: Tree, scopes: () => Scopes): (made: AnyNode) => Call | undefined {
  const known = new Map<AnyNode, ReadonlyMap<string, readonly MemberExpression[]>>();
  return (made) => {
    const method = tree.parentOf(made);
    if (method?.type !== 'MethodDefinition' || method.kind !== 'method' || method.static) return undefined;
    const name = keyOf(method);
    const whole = classAround(tree, method);
    if (name === undefined || whole === undefined) return undefined;
    const members = known.get(whole) ?? membersOfClass(tree, scopes(), whole);
    known.set(whole, members);
    return onlyCallAmong(tree, members.get(name) ?? []);
  };
}

/** The call of a method that is named once. */
export function onlyCallAmong(tree: Tree, [member, other]: readonly AnyNode[]): CallExpression | undefined {
  const call = member && tree.parentOf(member);
  return other === undefined && call?.type === 'CallExpression' && call.callee === member ? call : undefined;
}

/** Where the members of a class's objects are named; none where other code may get an object, or make one. */
function membersOfClass(
  tree: Tree,
  { variableOf }: Scopes,
  whole: AnyNode,
): ReadonlyMap<string, readonly MemberExpression[]> {
  const named = nameOf(tree, whole);
  const variable = named && variableOf(named);
  if (variable === undefined || isExportedName(tree, variable) || namesItself(tree, whole)) return new Map();
  if (variable.defs.length !== 1 || makesUnnamed(tree)) return new Map();
  const objects: AnyNode[] = [];
  for (const { identifier, init } of variable.references) {
    if (init === true) continue;
    const use = tree.parentOf(identifier);
    if (use?.type !== 'NewExpression' || use.callee !== identifier) return new Map();
    objects.push(use);
  }
  return grouped(membersOfObjects(tree, variableOf, whole, objects) ?? [], propertyName);
}

/** The members of a class's objects that a program names, in the class by `this`; undefined where one may be handed on. */
export function membersOfObjects(
  tree: Tree,
  variableOf: Scopes['variableOf'],
  whole: AnyNode,
  objects: readonly AnyNode[],
): readonly MemberExpression[] | undefined {
  // A class above may call methods that it does not have itself.
  const isClass = whole.type === 'ClassDeclaration' || whole.type === 'ClassExpression';
  if (!isClass || whole.superClass != null) return undefined;
  const own = tree.within(whole.body).filter(({ type }) => type === 'ThisExpression');
  const all: MemberExpression[] = [];
  for (const object of [...own, ...objects]) {
    const members = namedMembersOf(tree, variableOf, object);
    if (members === undefined) return undefined;
    all.push(...members);
  }
  return all;
}

function grouped<Key, Item>(items: readonly Item[], keyOf: (item: Item) => Key | undefined): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key !== undefined) addTo(groups, key, item);
  }
  return groups;
}

/** The class of a method. */
export function classAround(tree: Tree, method: AnyNode): AnyNode | undefined {
  const body = tree.parentOf(method);
  return body && tree.parentOf(body);
}

/** The name by which a function is called, or made into objects where it is the constructor of a class. */
export function nameOf(tree: Tree, made: AnyNode): AnyNode | undefined {
  if (made.type === 'FunctionDeclaration' || made.type === 'ClassDeclaration') return made.id ?? undefined;
  const around = tree.parentOf(made);
  if (around?.type === 'VariableDeclarator') return around.init === made ? around.id : undefined;
  if (around?.type !== 'MethodDefinition' || around.kind !== 'constructor') return undefined;
  const whole = classAround(tree, around);
  return whole && nameOf(tree, whole);
}

/** A class or a function expression in which its own name is used: that is another variable. */
export function namesItself(tree: Tree, declared: AnyNode): boolean {
  const whole = declared.type === 'VariableDeclarator' ? declared.init : declared;
  const isNamedInside = whole && /^(?:ClassDeclaration|ClassExpression|FunctionExpression)$/.test(whole.type);
  const id = isNamedInside && 'id' in whole ? whole.id : undefined;
  if (!whole || id?.type !== 'Identifier') return false;
  return tree.within(whole).some((node) => node.type === 'Identifier' && node !== id && node.name === id.name);
}

/** `new this()`, `new this.constructor()`: objects of a class that is not named. */
export const makesUnnamed = remembered((tree: Tree): boolean =>
  tree.ofType('NewExpression').some(({ callee }) => {
    return callee.type === 'ThisExpression' || propertyName(callee) === 'constructor';
  }),
);

const isExportedName = (tree: Tree, { defs }: Variable): boolean => defs.some(({ node }) => isExported(tree, node));

/** Where the parameters of a function declare a name: the parameter's number, its default, and the key where the name is a part of it. */
export function parameterOf(
  { params }: FunctionNode,
  name: string,
): { readonly index: number; readonly otherwise: Expression | undefined; readonly part?: Part } | undefined {
  for (const [index, param] of params.entries()) {
    const [pattern, otherwise] = param.type === 'AssignmentPattern' ? [param.left, param.right] : [param, undefined];
    if (pattern.type === 'Identifier' && pattern.name === name) return { index, otherwise };
    const part = pattern.type === 'ObjectPattern' ? partIn(pattern, name) : undefined;
    if (part) return { index, otherwise, part };
  }
  return undefined;
}

/** What the call gives a name of the parameters, or its default. */
export function givenTo(
  made: FunctionNode,
  name: string,
  given: Call['arguments'],
): Expression | PartOfValue | undefined {
  const found = parameterOf(made, name);
  if (found === undefined) return undefined; // `...rest`, `[first]`
  const { index, otherwise, part } = found;
  const isSpread = given.slice(0, index + 1).some(({ type }) => type === 'SpreadElement');
  const value = isSpread ? undefined : ((given[index] as Expression | undefined) ?? otherwise);
  return part && value ? { ...part, value } : value;
}

/** The part of a value that a pattern gives a name: of `{ key: name = otherwise }`. */
export function partIn({ properties }: Extract<Pattern, { type: 'ObjectPattern' }>, name: string): Part | undefined {
  for (const property of properties) {
    if (property.type !== 'Property') continue;
    const { value: target } = property;
    const [own, otherwise] = target.type === 'AssignmentPattern' ? [target.left, target.right] : [target, undefined];
    const key = keyOf(property);
    if (own.type === 'Identifier' && own.name === name && key !== undefined) return { key, otherwise };
  }
  return undefined;
}
