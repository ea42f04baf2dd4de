import type { AnyNode, ArrayExpression, CallExpression, Expression, Identifier, NewExpression } from 'acorn';
import { remembered } from '../remembered.js';
import { type Changes, changesOf } from './changed-properties.js';
import { fieldsOf } from './fields.js';
import { nodesOfEnvironment } from './nodes-of-environment.js';
import { type PartOfValue, parametersOf, partIn } from './parameters.js';
import { isProcessEnv, propertyName } from './properties.js';
import { scopesOf } from './scopes.js';
import type { Tree } from './tree.js';
import { isSetAgain, type Variable } from './variable.js';

/** The bindings of the names in a program's expressions. */
export interface Bindings {
  /** Does the code read process.env, directly or through names of this program? */
  readsEnvironment(node: AnyNode): boolean;
  /** The variable of a name; undefined for globals. */
  variableOf(name: AnyNode): Variable | undefined;
  /** Is the name a use here, and not a declaration? */
  isRead(name: AnyNode): boolean;
  /** The variables that the program declares outside of functions and blocks. */
  topLevel(name: string): Variable | undefined;
  /** The value of a variable that is set only in its declaration, or by the only call of its function; undefined for all others. */
  initOf(variable: Variable | undefined): Expression | undefined;
  /** The value of `this.name` where the field is set once in its class; undefined for all others. */
  fieldOf(node: AnyNode): Expression | undefined;
  /** What `{ key: name = otherwise }` of a value gives a variable that is set nowhere else, or of the only argument for a parameter. */
  partOf(variable: Variable): PartOfValue | undefined;
  /** What the program sets of its objects after it made them. */
  readonly changes: Changes;
  /** The only call of a function, or of a class by its constructor; undefined where there are others, or may be. */
  onlyCallOf(made: AnyNode): CallExpression | NewExpression | undefined;
  /** The variable comes from `const { name } = process.env`, or from a module where it depends on process.env. */
  isEnvironment(variable: Variable | undefined): boolean;
}

/** @param imported Names that depend on process.env in the module they come from. */
export function bindingsOf(tree: Tree, imported: ReadonlySet<string> = new Set()): Bindings {
  const scopes = () => scopesOf(tree);
  const parameters = parametersOf(tree, scopes);
  let ofEnvironment: ReadonlySet<AnyNode> | undefined;
  const bindings: Bindings = {
    readsEnvironment: (node) => {
      ofEnvironment ??= nodesOfEnvironment(tree, bindings, imported.size > 0);
      return ofEnvironment.has(node);
    },
    variableOf: (name) => scopes().variableOf(name),
    isRead: (name) => scopes().isRead(name),
    topLevel: (name) => scopes().topLevel(name),
    initOf: (variable) => initOf(variable) ?? (variable && parameters.valueOf(variable)),
    fieldOf: fieldsOf(tree),
    partOf: (variable) => declaredPartOf(variable) ?? parameters.partOf(variable),
    changes: changesOf(tree, (name) => scopes().variableOf(name)),
    onlyCallOf: parameters.onlyCallOf,
    isEnvironment: (variable) =>
      variable?.defs.length === 1 &&
      variable.defs.every(
        ({ type, node }) =>
          (type === 'Variable' && node.type === 'VariableDeclarator' && isDestructured(node.id, node.init)) ||
          (type !== 'Parameter' && imported.has(variable.name)),
      ),
  };
  return bindings;
}

const isDestructured = (pattern: AnyNode, value: AnyNode | null | undefined): boolean =>
  pattern.type !== 'Identifier' && isProcessEnv(value);

/**
 * The declaration that alone gives a variable its value; undefined for others. Each variable's references are read once: a program may
 * ask for the same variable in thousands of places.
 */
const onlyDeclarationOf = remembered((variable: Variable) => {
  const [definition, other] = variable.defs;
  if (definition?.type !== 'Variable' || other !== undefined) return undefined;
  const { node, name } = definition;
  if (node.type !== 'VariableDeclarator' || !node.init) return undefined;
  if (isSetAgain(variable)) return undefined;
  return { name, ...placeIn(node.id, node.init, name) };
});

interface Place {
  readonly pattern: AnyNode;
  readonly value: Expression;
}

/** Where a name is in `const [a, { b }] = [x, y]`, and in the same of `await Promise.all([import('x'), ..])`: its own pattern and value. */
function placeIn(pattern: AnyNode, value: Expression, name: Identifier): Place {
  const place = { pattern, value };
  const list = pattern.type === 'ArrayPattern' ? listOf(value) : undefined;
  if (pattern.type !== 'ArrayPattern' || list === undefined) return place;
  const index = pattern.elements.findIndex((each) => each && each.start <= name.start && name.end <= each.end);
  const [own, given] = [pattern.elements[index], list.elements[index]];
  const isSpread = list.elements.slice(0, index + 1).some((each) => each?.type === 'SpreadElement');
  // A default or a rest leaves it open.
  if (!own || !given || given.type === 'SpreadElement' || isSpread || !/^(Array|Object)Pattern$|^Id/.test(own.type))
    return place;
  return list.isAwaited && given.type !== 'ImportExpression' ? place : placeIn(own, given, name);
}

function listOf(value: Expression): (Pick<ArrayExpression, 'elements'> & { readonly isAwaited: boolean }) | undefined {
  if (value.type === 'ArrayExpression') return { elements: value.elements, isAwaited: false };
  const call =
    value.type === 'AwaitExpression' && value.argument.type === 'CallExpression' ? value.argument : undefined;
  const isAll =
    call?.callee.type === 'MemberExpression' &&
    call.callee.object.type === 'Identifier' &&
    call.callee.object.name === 'Promise' &&
    propertyName(call.callee) === 'all';
  const [list] = isAll ? call.arguments : [];
  return list?.type === 'ArrayExpression' ? { elements: list.elements, isAwaited: true } : undefined;
}

/** What `const { key: name } = value` gives a variable that is set nowhere else. */
const declaredPartOf = remembered((variable: Variable): PartOfValue | undefined => {
  const { name, pattern, value } = onlyDeclarationOf(variable) ?? {};
  const part = name && pattern?.type === 'ObjectPattern' ? partIn(pattern, name.name) : undefined;
  return part && value && { ...part, value };
});

function initOf(variable: Variable | undefined): Expression | undefined {
  const declared = variable && onlyDeclarationOf(variable);
  return declared?.pattern === declared?.name ? declared?.value : undefined;
}

/** The function of a variable that is a function declaration or has a single function as its value; undefined for others. */
export function functionBehind(bindings: Bindings, name: Identifier): AnyNode | undefined {
  const variable = bindings.variableOf(name);
  const [definition, ...others] = variable?.defs ?? [];
  if (definition?.type === 'FunctionName' && others.length === 0) return definition.node;
  const init = bindings.initOf(variable);
  return init?.type === 'FunctionExpression' || init?.type === 'ArrowFunctionExpression' ? init : undefined;
}
