import type { AnyNode, CallExpression, NewExpression } from 'acorn';
import type { ScriptContext } from './context.js';
import { exportedAs, exportedNames } from './exports.js';
import type { AppFolder } from './folder.js';
import { type FunctionNode, isFunctionNode } from './function-node.js';
import type { ImportedPort, ReadScript } from './imported-port.js';
import { coercionIn, isGuarded } from './listens.js';
import { mayBeOfAnyClass, parameterOf } from './parameters.js';
import { keyOf, propertyName } from './properties.js';
import { resolveOwn } from './resolve.js';
import type { Tree } from './tree.js';
import { follow, objectOf, propertyOf, readValue } from './values.js';

/** An exported function, a class by its constructor, or a method of an exported class. */
interface Exported {
  readonly name: string;
  readonly kind: 'function' | 'constructor' | 'method';
  readonly method: string | undefined;
}

/** A parameter, and the keys below it: `options.port`. */
interface Parameter {
  readonly made: FunctionNode;
  readonly index: number;
  readonly keys: readonly string[];
}

/**
 * The port that a script gets as an argument from another script of the app: of `module.exports = (port) => server.listen(port)`, the
 * one that `require('./server')(3000)` gives. undefined where several calls give one, or none that is certain.
 *
 * @param scripts All scripts of the app that may call it.
 */
export function handedPort(
  folder: AppFolder,
  scripts: readonly ReadScript[],
  { name, context }: ReadScript,
  expression: AnyNode,
): ImportedPort | undefined {
  const parameter = parameterBehind(context, expression);
  const exported = parameter && exportOf(context.tree, parameter.made);
  if (parameter === undefined || exported === undefined || isCalledAt(context, parameter.made, exported))
    return undefined;
  const calls = scripts.flatMap((other) => {
    const isIt = (callee: AnyNode): boolean => {
      const [specifier = '', key = 'default'] = (other.context.moduleOf(callee) ?? '').split('#');
      if (key !== exported.name || !specifier.startsWith('.')) return false;
      return other.name !== name && resolveOwn(folder, other.name, specifier) === name;
    };
    const all = other.context.tree.ofType('CallExpression', 'NewExpression');
    return all
      .filter((call) => isCallOf(exported, call, other.context, isIt))
      .map((call) => ({ call, in: other.context }));
  });
  const [only, ...others] = calls;
  if (only === undefined || others.length > 0 || isGuarded(only.in, only.call)) return undefined;
  if (isMadeThenSet(only.in, only.call, propertyName(expression))) return undefined;
  return portGiven(only.in, only.call, parameter);
}

/** Does the script itself call what it exports? */
function isCalledAt({ tree, bindings }: ScriptContext, made: FunctionNode, { kind, method }: Exported): boolean {
  if (kind === 'method')
    return tree
      .ofType('CallExpression')
      .some(({ callee }) => propertyName(callee) === method && mayBeOfAnyClass(callee, bindings));
  const named = kind === 'function' ? nameOf(tree, made) : undefined;
  return (named ? (bindings.variableOf(named)?.references ?? []) : []).some(({ identifier }) => {
    const use = tree.parentOf(identifier);
    return use?.type === 'CallExpression' && use.callee === identifier;
  });
}

/** `const chat = new Chat(3000); chat.port = ..`, or a field by another name that is computed. */
function isMadeThenSet({ tree, bindings }: ScriptContext, call: AnyNode, key = ''): boolean {
  const around = call.type === 'NewExpression' ? tree.parentOf(call) : undefined;
  return (
    around?.type === 'VariableDeclarator' &&
    around.id.type === 'Identifier' &&
    bindings.changes.ofName(around.id.name, key)
  );
}

function isCallOf(
  { kind, method }: Exported,
  call: CallExpression | NewExpression,
  { bindings }: ScriptContext,
  isIt: (callee: AnyNode) => boolean,
): boolean {
  if ((kind === 'constructor') !== (call.type === 'NewExpression')) return false;
  if (kind !== 'method') return isIt(call.callee);
  if (call.callee.type !== 'MemberExpression' || propertyName(call.callee) !== method) return false;
  const made = follow(call.callee.object, bindings);
  return made.type === 'NewExpression' && isIt(made.callee);
}

function portGiven(
  { bindings }: ScriptContext,
  call: CallExpression | NewExpression,
  { index, keys }: Parameter,
): ImportedPort | undefined {
  if (call.arguments.slice(0, index + 1).some(({ type }) => type === 'SpreadElement')) return undefined;
  let given: AnyNode | undefined = call.arguments[index];
  for (const key of keys) {
    const object = objectOf(given, bindings);
    if (given && object && bindings.changes.ofObject({ object, key, by: given }, call)) return undefined;
    given = object && propertyOf(object, key, bindings);
  }
  if (given === undefined) return undefined;
  const value = readValue(given, bindings);
  if (value.kind === 'environment') return coercionIn(bindings, given) === undefined ? undefined : 'coerced';
  const port = value.kind === 'literal' && /^\d+$/.test(String(value.value)) ? Number(value.value) : undefined;
  return port === undefined ? undefined : { port };
}

/** `port` of `(port) =>`, of `({ port }) =>`; `options.port` of `(options) =>`; also with `|| 3000`. */
function parameterBehind({ bindings }: ScriptContext, expression: AnyNode): Parameter | undefined {
  const keys: string[] = [];
  let node = follow(expression, bindings);
  if (node.type === 'LogicalExpression' && node.operator !== '&&') node = follow(node.left, bindings);
  for (; node.type === 'MemberExpression'; node = follow(node.object, bindings)) {
    const key = propertyName(node);
    if (key === undefined) return undefined;
    keys.unshift(key);
  }
  const { defs, references } = bindings.variableOf(node) ?? { defs: [], references: [] };
  const made = defs.length === 1 && defs[0]?.type === 'Parameter' ? defs[0].node : undefined;
  if (made === undefined || !isFunctionNode(made)) return undefined;
  if (references.some((reference) => reference.isWrite() && reference.init !== true)) return undefined;
  const found = node.type === 'Identifier' ? parameterOf(made, node.name) : undefined;
  return found && { made, index: found.index, keys: found.part ? [found.part.key, ...keys] : keys };
}

function exportOf(tree: Tree, made: FunctionNode): Exported | undefined {
  const method = tree.parentOf(made);
  if (method?.type !== 'MethodDefinition') {
    const name = exportedName(tree, made);
    return name === undefined ? undefined : { name, kind: 'function', method: undefined };
  }
  const body = tree.parentOf(method);
  const whole = body && tree.parentOf(body);
  const name = whole && exportedName(tree, whole);
  if (name === undefined || method.static) return undefined;
  if (method.kind === 'constructor') return { name, kind: 'constructor', method: undefined };
  return { name, kind: 'method', method: keyOf(method) };
}

/** The name by which other scripts get a function or a class: of its value, or of the variable that has it. */
function exportedName(tree: Tree, made: AnyNode): string | undefined {
  const id = nameOf(tree, made);
  const direct = exportedAs(tree, made);
  if (direct !== undefined || id?.type !== 'Identifier') return direct;
  const own = exportedNames(tree).find(({ local }) => local.type === 'Identifier' && local.name === id.name);
  if (own !== undefined) return own.exported;
  const uses = tree.ofType('Identifier').filter((each) => each !== id && each.name === id.name);
  return uses.map((use) => exportedAs(tree, use)).find((name) => name !== undefined);
}

function nameOf(tree: Tree, made: AnyNode): AnyNode | undefined {
  if (made.type === 'FunctionDeclaration' || made.type === 'ClassDeclaration') return made.id ?? undefined;
  const declarator = tree.parentOf(made);
  return declarator?.type === 'VariableDeclarator' ? declarator.id : undefined;
}
