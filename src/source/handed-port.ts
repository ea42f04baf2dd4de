import type { AnyNode, CallExpression, MemberExpression, NewExpression } from 'acorn';
import { remembered } from '../remembered.js';
import { addTo } from './add-to.js';
import type { ScriptContext } from './context.js';
import { exportedAs, exportedNames, exportTarget } from './exports.js';
import type { AppFolder } from './folder.js';
import { type FunctionNode, isFunctionNode } from './function-node.js';
import type { ImportedPort } from './imported-port.js';
import type { ReadScript } from './imported-value.js';
import { coercionIn, isGuarded } from './listens.js';
import { namedMembersOf } from './object-uses.js';
import {
  classAround,
  makesUnnamed,
  membersOfObjects,
  nameOf,
  namesItself,
  onlyCallAmong,
  parameterOf,
} from './parameters.js';
import { isCall, keyOf, propertyName } from './properties.js';
import { resolveOwn } from './resolve.js';
import type { Tree } from './tree.js';
import { follow, objectOf, propertyOf, readValue } from './values.js';
import { isSetAgain } from './variable.js';

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

/** Finds the port that a script gets as an argument from another script of the app; undefined where that is not certain. */
export type HandedPorts = (script: ReadScript, expression: AnyNode) => ImportedPort | undefined;

/**
 * The ports that scripts hand to each other: of `module.exports = (port) => server.listen(port)`, the one that `require('./server')(3000)`
 * gives. Only of functions that are called once, and are used in no other way.
 *
 * @param scripts All scripts of the app.
 */
export function handedPorts(folder: AppFolder, scripts: readonly ReadScript[]): HandedPorts {
  let known: ReadonlyMap<string, readonly Mention[]> | undefined;
  return ({ name, context }, expression) => {
    const parameter = parameterBehind(context, expression);
    const exported = parameter && exportOf(context, parameter.made);
    if (parameter === undefined || exported === undefined) return undefined;
    known ??= mentionsIn(folder, scripts);
    const only = onlyCallOf(exported, known.get(name) ?? []);
    if (only === undefined || only.context === context || isGuarded(only.context, only.call)) return undefined;
    if (isMadeThenSet(only.context, only.call, propertyName(expression))) return undefined;
    return portGiven(only.context, only.call, parameter);
  };
}

/** Where a script mentions a module of the app, or something that this exports. */
interface Mention {
  readonly context: ScriptContext;
  readonly node: AnyNode;
  /** The name of the export; undefined for the module itself. */
  readonly key: string | undefined;
}

/** What scripts mention of the modules of the app, by the modules. */
function mentionsIn(folder: AppFolder, scripts: readonly ReadScript[]): ReadonlyMap<string, readonly Mention[]> {
  const mentions = new Map<string, Mention[]>();
  for (const { name, context } of scripts) {
    const files = new Map<string, string | undefined>();
    for (const { specifier } of context.modules) files.set(specifier, resolveOwn(folder, name, specifier));
    const add = (specifier: string, node: AnyNode, key: string | undefined): void => {
      const file = files.get(specifier);
      if (file === undefined) return;
      addTo(mentions, file, { context, node, key: key === 'default' ? undefined : key });
    };
    for (const { node, specifier } of context.modules) {
      const around = node.type === 'ImportExpression' ? context.tree.parentOf(node) : undefined;
      const whole = around?.type === 'AwaitExpression' ? around : node;
      if (node.type !== 'ImportDeclaration') add(specifier, whole, undefined);
    }
    for (const node of context.tree.ofType('Identifier', 'MemberExpression')) {
      const [specifier = '', key] = (context.moduleOf(node) ?? '').split('#');
      add(specifier, node, key);
    }
  }
  return mentions;
}

interface FoundCall {
  readonly context: ScriptContext;
  readonly call: CallExpression | NewExpression;
}

/** The only call of what a module exports; undefined where there are others, or may be. */
function onlyCallOf(exported: Exported, mentions: readonly Mention[]): FoundCall | undefined {
  const found: FoundCall[] = [];
  for (const { context, node, key } of mentions) {
    const use = context.tree.parentOf(node);
    if (use === undefined) return undefined;
    if (isDeclared(context, node, use) || use.type === 'ExpressionStatement') continue;
    const isIt = key === (exported.name === 'default' ? undefined : exported.name);
    const isMade =
      isCall(use) && use.callee === node && (exported.kind === 'function') === (use.type === 'CallExpression');
    if (isIt && isMade) found.push({ context, call: use });
    else if (key === undefined ? !isNamedPart(use, node) : isIt) return undefined;
  }
  const calls = exported.method === undefined ? found : callsOfMethod(exported.method, found);
  return calls?.length === 1 ? calls[0] : undefined;
}

/** The calls of a method on the objects of a class; undefined where it may have others. */
function callsOfMethod(method: string, made: readonly FoundCall[]): readonly FoundCall[] | undefined {
  const found: FoundCall[] = [];
  for (const { context, call } of made) {
    const { tree, bindings } = context;
    const members = namedMembersOf(tree, bindings.variableOf, call)?.filter(
      (member) => propertyName(member) === method,
    );
    if (members === undefined) return undefined;
    const only = onlyCallAmong(tree, members);
    if (members.length > 0 && only === undefined) return undefined;
    if (only !== undefined) found.push({ context, call: only });
  }
  return found;
}

/** A declaration of a name for it, which is a mention itself: `const { start } = require('./chat')`, `import { start } from './chat'`. */
function isDeclared({ tree, moduleOf }: ScriptContext, node: AnyNode, use: AnyNode): boolean {
  if (/^Import\w*Specifier$/.test(use.type)) return true;
  if (use.type === 'AssignmentPattern') return use.left === node;
  if (use.type === 'Property') return tree.parentOf(use)?.type === 'ObjectPattern';
  if (use.type !== 'VariableDeclarator') return false;
  if (use.id === node) return true;
  if (use.id.type !== 'ObjectPattern') return moduleOf(use.id) !== undefined;
  return use.id.properties.every((property) => property.type === 'Property' && keyOf(property) !== undefined);
}

/** `chat.start`, where `chat` is a module or its default export; what `chat.call` does is not followed. */
function isNamedPart(use: AnyNode, node: AnyNode): boolean {
  if (use.type !== 'MemberExpression' || use.object !== node || node.type === 'ImportExpression') return false;
  return !/^(?:call|apply|bind)?$/.test(propertyName(use) ?? '');
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

function portGiven(
  { bindings }: ScriptContext,
  call: CallExpression | NewExpression,
  { index, keys }: Parameter,
): ImportedPort | undefined {
  if (call.arguments.slice(0, index + 1).some(({ type }) => type === 'SpreadElement')) return undefined;
  let given: AnyNode | undefined = call.arguments[index];
  for (const key of keys) {
    const object = objectOf(given, bindings);
    if (object === undefined || given === undefined) return undefined;
    if (bindings.changes.ofObject({ object, key, by: given }, call)) return undefined;
    given = propertyOf(object, key, bindings);
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
  const variable = bindings.variableOf(node);
  if (keys.some((key) => bindings.changes.ofName(variable?.name ?? '', key))) return undefined;
  const [definition, other] = variable?.defs ?? [];
  if (variable === undefined || definition?.type !== 'Parameter' || other !== undefined) return undefined;
  const made = definition.node;
  if (!isFunctionNode(made) || isSetAgain(variable)) return undefined;
  const found = parameterOf(made, variable.name);
  return found && { made, index: found.index, keys: found.part ? [found.part.key, ...keys] : keys };
}

function exportOf(context: ScriptContext, made: FunctionNode): Exported | undefined {
  const { tree, bindings } = context;
  const method = tree.parentOf(made);
  if (method?.type !== 'MethodDefinition') {
    const name = exportedName(context, made);
    const isOwn = name !== undefined && tree.ofType('MemberExpression').some((node) => isOwnMember(node, name));
    return name === undefined || isOwn ? undefined : { name, kind: 'function', method: undefined };
  }
  const whole = classAround(tree, method);
  const name = whole && exportedName(context, whole);
  if (whole === undefined || name === undefined || method.static || makesUnnamed(tree)) return undefined;
  if (method.kind === 'constructor') return { name, kind: 'constructor', method: undefined };
  const key = method.kind === 'method' ? keyOf(method) : undefined;
  const members = membersOfObjects(tree, bindings.variableOf, whole, []);
  const isCalledHere = members?.some((member) => propertyName(member) === key) ?? true;
  return key === undefined || isCalledHere ? undefined : { name, kind: 'method', method: key };
}

/** `this.start` of `module.exports = { start(port) {}, again() { this.start(4000); } }`. */
const isOwnMember = (node: MemberExpression, name: string): boolean =>
  node.object.type === 'ThisExpression' && propertyName(node) === name;

/** The only name by which other scripts get a function or a class; undefined where its script uses it itself. */
function exportedName({ tree, bindings }: ScriptContext, made: AnyNode): string | undefined {
  if (namesItself(tree, made) || usesItsExports(tree)) return undefined;
  const id = nameOf(tree, made);
  const variable = id && bindings.variableOf(id);
  if (id === undefined) return exportedAs(tree, made);
  if (variable?.defs.length !== 1 || isSetAgain(variable)) return undefined;
  const uses = variable.references.filter(({ init }) => init !== true).map(({ identifier }) => identifier);
  const listed = exportedNames(tree).filter(({ local }) => bindings.variableOf(local) === variable);
  const others = uses.filter((use) => tree.parentOf(use)?.type !== 'ExportSpecifier');
  const isDefault = exportedAs(tree, made) === 'default';
  const names = [
    ...(isDefault ? ['default'] : []),
    ...listed.map(({ exported }) => exported),
    ...others.map((use) => exportedAs(tree, use)),
  ];
  return names.length === 1 ? names[0] : undefined;
}

/** Does a script get what it exports from `exports`? */
const usesItsExports = remembered((tree: Tree): boolean =>
  tree.ofType('MemberExpression').some((node) => {
    if (exportTarget(node) === undefined) return false;
    const use = tree.parentOf(node);
    if (use?.type === 'AssignmentExpression') return use.left !== node;
    return use?.type !== 'MemberExpression' || exportTarget(use) === undefined;
  }),
);
