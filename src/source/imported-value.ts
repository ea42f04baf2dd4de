import path from 'node:path';
import type { AnyNode, CallExpression } from 'acorn';
import { appScript } from './app-script.js';
import { type ConfigKey, configKey } from './config-package.js';
import { contextOf, type ImportedNode, type ScriptContext } from './context.js';
import { exportedAs, exportedNames } from './exports.js';
import type { AppFolder } from './folder.js';
import type { ModuleUse } from './modules.js';
import { propertyName } from './properties.js';
import { resolveOwn } from './resolve.js';
import { parseScript, type Script } from './script.js';
import type { Tree } from './tree.js';
import { follow, objectOf, propertyOf } from './values.js';

/** A script of the app that can be read. */
export interface ReadScript {
  /** Relative to the app, forward slashes. */
  readonly name: string;
  readonly context: ScriptContext;
}

/** Keys below a module: `require('./config').server.port` is './config' with server and port. */
interface Member {
  readonly specifier: string;
  readonly keys: readonly string[];
  /** By `.get('server.port')`. */
  readonly isAsked?: true;
}

/** In UTF-16 units: a larger file holds data. */
const largestJson = 200_000;

/**
 * What a script takes from another module or a JSON file of the app, as an expression of that file; undefined where it does not, or
 * where it is not certain that the value stays.
 *
 * @param name The script, relative to the app, forward slashes.
 * @param others Scripts of the app that may change what the module exports.
 */
export function importedValue(
  folder: AppFolder,
  name: string,
  context: ScriptContext,
  expression: AnyNode,
  others: readonly ReadScript[] = [],
): ImportedNode | undefined {
  const member = memberOf(context, follow(expression, context.bindings));
  if (member === undefined) return undefined;
  const { specifier, keys } = member;
  const last = keys.at(-1) ?? '';
  const ofConfig = configKeyOf(folder, context, member, others);
  if (ofConfig !== undefined) return 'file' in ofConfig ? valueInJson(folder, ofConfig.file, keys) : undefined;
  if (isAssigned(context.script, last)) return undefined;
  if (mayChange(context, ({ specifier: loaded }) => loaded === specifier, last)) return undefined;
  if (member.isAsked) return undefined;
  const json = jsonFile(folder, name, specifier);
  if (json !== undefined) return valueInJson(folder, json, keys);
  const file = builtWith(folder, resolveOwn(folder, name, specifier));
  const script = file === undefined ? undefined : appScript(folder, file, true);
  if (script === undefined || isAssigned(script, last)) return undefined;
  const isChanged = others.some(
    (other) =>
      other.name !== file &&
      mayChange(other.context, ({ specifier: loaded }) => resolveOwn(folder, other.name, loaded) === file, last),
  );
  return isChanged ? undefined : valueInModule(script, keys);
}

/** What the package config says of `config.get('server.port')`, and of `app.get('port')` where Feathers has loaded it. */
export function configKeyAt(
  folder: AppFolder,
  context: ScriptContext,
  expression: AnyNode,
  others: readonly ReadScript[] = [],
): ConfigKey | undefined {
  const member = memberOf(context, follow(expression, context.bindings));
  return member && configKeyOf(folder, context, member, others);
}

const ofFeathers = '@feathersjs/configuration';

function configKeyOf(
  folder: AppFolder,
  context: ScriptContext,
  { specifier, keys, isAsked }: Member,
  others: readonly ReadScript[],
): ConfigKey | undefined {
  const isApp = (): boolean =>
    isAsked === true &&
    [context, ...others.map((other) => other.context)].some(({ modules }) =>
      modules.some((use) => use.specifier === ofFeathers),
    ) &&
    ![context, ...others.map((other) => other.context)].some(({ script }) => setsKey(script, keys[0] ?? ''));
  return specifier === 'config' || isApp() ? configKey(folder, context.script.code, keys) : undefined;
}

/** `app.set('port', 3000)` */
const setsKey = ({ code }: Script, key: string): boolean =>
  [...code.matchAll(/\.set\(\s*["'`]([\w.-]+)["'`]/g)].some(([, set]) => set === key);

/** A production build of Angular has environment.prod.ts in the place of environment.ts. */
function builtWith(folder: AppFolder, file: string | undefined): string | undefined {
  const [, start] = /^(.*(?:^|\/)environments?\/environment)\.ts$/.exec(file ?? '') ?? [];
  if (start === undefined) return file;
  return [`${start}.prod.ts`, `${start}.production.ts`].find((each) => folder.isFile(each)) ?? file;
}

/** './config' is config.json where there is no config.js. */
function jsonFile(folder: AppFolder, name: string, specifier: string): string | undefined {
  if (!/^\.{1,2}\//.test(specifier)) return undefined;
  const beside = path.posix.normalize(path.posix.join(path.posix.dirname(name), specifier));
  const found = [beside, `${beside}.js`, `${beside}.json`].find((each) => folder.isFile(each));
  return found?.endsWith('.json') ? found : undefined;
}

/** May a script set a key of what it gets from a module? */
const mayChange = ({ modules, bindings }: ScriptContext, isIt: (use: ModuleUse) => boolean, key: string): boolean =>
  modules.some((use) => isIt(use) && use.bound.some(({ local }) => bindings.changes.ofName(local.name, key)));

/** `config.port = process.env.PORT || config.port`: its first value does not matter. */
const isAssigned = ({ code }: Script, key: string): boolean =>
  [...code.matchAll(/(?<!exports)\.([\w$]+)\s*(?:\|\||\?\?)?=(?!=)/g)].some(([, assigned]) => assigned === key);

function memberOf(context: ScriptContext, node: AnyNode): Member | undefined {
  const whole = context.moduleOf(node);
  if (whole !== undefined) {
    const [specifier = '', key] = whole.split('#');
    return { specifier, keys: key === undefined || key === 'default' ? [] : [key] };
  }
  if (node.type === 'CallExpression') return askedOf(context, node);
  const key = propertyName(node);
  if (node.type !== 'MemberExpression' || key === undefined) return undefined;
  const owner = memberOf(context, follow(node.object, context.bindings));
  return owner && { ...owner, keys: [...owner.keys, key] };
}

/** `config.get('server.port')`: of a package; what `get` of another object does is not known. */
function askedOf(context: ScriptContext, { callee, arguments: [given] }: CallExpression): Member | undefined {
  if (callee.type !== 'MemberExpression' || propertyName(callee) !== 'get') return undefined;
  const path = given?.type === 'Literal' && typeof given.value === 'string' ? given.value : undefined;
  const specifier = context.moduleOf(callee.object) ?? '';
  return path === undefined ? undefined : { specifier, keys: path.split('.'), isAsked: true };
}

/** JSON is an expression of JavaScript: the parenthesis in front of it is not in the file. */
function valueInJson(folder: AppFolder, name: string, keys: readonly string[]): ImportedNode | undefined {
  const text = folder.read(name);
  if (text === undefined || text.length > largestJson) return undefined;
  const source = { file: path.join(folder.root, name), text };
  const context = contextOf(parseScript(source, `(${text.replace(/^\uFEFF/, ' ')})`, -1, 'javascript'));
  const [statement] = context?.tree.program.body ?? [];
  return context && statement?.type === 'ExpressionStatement'
    ? valueBelow(context, statement.expression, keys)
    : undefined;
}

function valueInModule(script: Script, keys: readonly string[]): ImportedNode | undefined {
  const { tree } = script;
  const context = contextOf(script);
  if (tree === undefined || context === undefined) return undefined;
  const { changes } = context.bindings;
  if (changes.ofName('exports', '') || changes.ofName('module', '')) return undefined;
  const [first, ...others] = keys;
  const named = first === undefined ? undefined : exportedValue(tree, first);
  if (named !== undefined) return valueBelow(context, named, others);
  const whole = exportedValue(tree, 'default');
  return whole && valueBelow(context, whole, keys);
}

function valueBelow(context: ScriptContext, start: AnyNode, keys: readonly string[]): ImportedNode | undefined {
  const { bindings } = context;
  let node = start;
  for (const key of keys) {
    const object = objectOf(node, bindings);
    const next =
      object && !bindings.changes.ofObject({ object, key, by: node }) ? propertyOf(object, key, bindings) : undefined;
    if (next === undefined) return undefined;
    node = next;
  }
  return { node, context };
}

/** What a module exports under a name; 'default' for `module.exports = ..` too. */
function exportedValue(tree: Tree, name: string): AnyNode | undefined {
  const local = exportedNames(tree).find(({ exported }) => exported === name)?.local;
  if (local !== undefined) return local;
  return tree.nodes.find((node) => {
    const parent = tree.parentOf(node);
    const isValue =
      parent?.type === 'ExportDefaultDeclaration' || (parent?.type === 'AssignmentExpression' && parent.right === node);
    return isValue && exportedAs(tree, node) === name;
  });
}
