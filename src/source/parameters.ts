import type { AnyNode, CallExpression, Expression, NewExpression, Pattern } from 'acorn';
import { type FunctionNode, isFunctionNode } from './function-node.js';
import { isCall, keyOf, propertyName } from './properties.js';
import type { Scopes } from './scopes.js';
import type { Tree } from './tree.js';
import type { Variable } from './variable.js';

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
  const given = ({ defs: [definition, other], name, references }: Variable): Expression | PartOfValue | undefined => {
    const made = definition?.type === 'Parameter' && other === undefined ? definition.node : undefined;
    if (made === undefined || !isFunctionNode(made)) return undefined;
    if (references.some((reference) => reference.isWrite() && reference.init !== true)) return undefined;
    const call = onlyCallOf(made);
    return call && givenTo(made, name, call.arguments);
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
  if (around !== undefined && isCall(around) && around.callee === made) return around;
  const variable = scopes().variableOf(nameOf(tree, made) ?? made);
  if (variable === undefined || isExportedName(tree, variable)) return undefined;
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
  let byName: ReadonlyMap<string, readonly CallExpression[]> | undefined;
  const known = new Map<string, ReadonlyMap<Variable, readonly CallExpression[]>>();
  const callsOf = (name: string): ReadonlyMap<Variable, readonly CallExpression[]> => {
    byName ??= grouped(tree.ofType('CallExpression'), ({ callee }) => propertyName(callee));
    const found = known.get(name) ?? grouped(byName.get(name) ?? [], (call) => classOf(call, scopes));
    known.set(name, found);
    return found;
  };
  const otherwise = new Map<string, boolean>();
  const isCalledOtherwise = (name: string): boolean => {
    const found =
      otherwise.get(name) ?? (byName?.get(name) ?? []).some(({ callee }) => mayBeOfAnyClass(callee, scopes()));
    otherwise.set(name, found);
    return found;
  };
  const owned = new Map<Variable, boolean>();
  /** Nothing else can make objects of the class. */
  const isOwn = (variable: Variable): boolean => {
    const found = owned.get(variable) ?? (!isExportedName(tree, variable) && isOnlyMade(tree, variable));
    owned.set(variable, found);
    return found;
  };
  return (made) => {
    const method = tree.parentOf(made);
    if (method?.type !== 'MethodDefinition' || method.kind !== 'method' || method.static) return undefined;
    const name = method.computed || method.key.type !== 'Identifier' ? undefined : method.key.name;
    const body = tree.parentOf(method);
    const whole = body && tree.parentOf(body);
    const named = whole && nameOf(tree, whole);
    const variable = named && scopes().variableOf(named);
    if (name === undefined || variable === undefined) return undefined;
    if (!isOwn(variable)) return undefined;
    const [call, ...others] = callsOf(name).get(variable) ?? [];
    return others.length === 0 && !isCalledOtherwise(name) ? call : undefined;
  };
}

/** The class of the object whose method is called. */
function classOf({ callee }: CallExpression, scopes: () => Scopes): Variable | undefined {
  if (callee.type !== 'MemberExpression') return undefined;
  const { object } = callee;
  const declared = object.type === 'Identifier' ? scopes().variableOf(object)?.defs : undefined;
  const declarator = declared?.length === 1 ? declared[0]?.node : undefined;
  const made = declarator?.type === 'VariableDeclarator' ? declarator.init : object;
  return made?.type === 'NewExpression' ? scopes().variableOf(made.callee) : undefined;
}

/** A method of `this`, of a parameter, or of an item: which class has it, no reader can say. */
export function mayBeOfAnyClass(callee: AnyNode, { variableOf }: Pick<Scopes, 'variableOf'>): boolean {
  if (callee.type !== 'MemberExpression') return false;
  const { object } = callee;
  if (object.type === 'ThisExpression') return true;
  // `server.listen(port)` of a server that a function gets is no call of the app's own.
  if (propertyName(callee) === 'listen') return false;
  if (object.type === 'MemberExpression') return object.computed;
  const [definition] = variableOf(object)?.defs ?? [];
  if (definition?.type === 'Parameter') return true;
  return definition?.node.type === 'VariableDeclarator' && !definition.node.init;
}

function grouped<Key, Item>(items: readonly Item[], keyOf: (item: Item) => Key | undefined): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const same = groups.get(key);
    if (same) same.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** The name by which a function is called, or made into objects where it is the constructor of a class. */
function nameOf(tree: Tree, made: AnyNode): AnyNode | undefined {
  if (made.type === 'FunctionDeclaration' || made.type === 'ClassDeclaration') return made.id ?? undefined;
  const around = tree.parentOf(made);
  if (around?.type === 'VariableDeclarator') return around.init === made ? around.id : undefined;
  if (around?.type !== 'MethodDefinition' || around.kind !== 'constructor') return undefined;
  const body = tree.parentOf(around);
  const whole = body && tree.parentOf(body);
  return whole && nameOf(tree, whole);
}

/** A class in which its own name is used: that is another variable. */
function namesItself(tree: Tree, declared: AnyNode): boolean {
  const whole = declared.type === 'VariableDeclarator' ? declared.init : declared;
  if ((whole?.type !== 'ClassDeclaration' && whole?.type !== 'ClassExpression') || !whole.id) return false;
  const { id } = whole;
  return tree.within(whole).some((node) => node.type === 'Identifier' && node !== id && node.name === id.name);
}

const isOnlyMade = (tree: Tree, { references }: Variable): boolean =>
  references.every(({ identifier, init }) => {
    const use = tree.parentOf(identifier);
    return init === true || (use?.type === 'NewExpression' && use.callee === identifier);
  });

const isExportedName = (tree: Tree, { defs }: Variable): boolean => defs.some(({ node }) => isExported(tree, node));

/** `export function a()`, `export const a = ..`. */
function isExported(tree: Tree, declared: AnyNode): boolean {
  const around = tree.parentOf(declared);
  const outer = around?.type === 'VariableDeclaration' ? tree.parentOf(around) : around;
  return outer?.type === 'ExportNamedDeclaration' || outer?.type === 'ExportDefaultDeclaration';
}

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
function givenTo(made: FunctionNode, name: string, given: Call['arguments']): Expression | PartOfValue | undefined {
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
