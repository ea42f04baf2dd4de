import path from 'node:path';
import type { AnyNode } from 'acorn';
import { appScript } from './app-script.js';
import { bindingsOf } from './bindings.js';
import type { ScriptContext } from './context.js';
import { exportedAs, exportedNames } from './exports.js';
import type { AppFolder } from './folder.js';
import { coercionIn } from './listens.js';
import type { ModuleUse } from './modules.js';
import { propertyName } from './properties.js';
import { resolveOwn } from './resolve.js';
import type { Script } from './script.js';
import type { Tree } from './tree.js';
import { follow, objectOf, propertyOf, readValue } from './values.js';

/** What a module of the app says of a port: a number, or a conversion of process.env.PORT to one. */
export type ImportedPort = { readonly port: number } | 'coerced';

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
}

/**
 * The port that a script takes from another module or a JSON file of the app; undefined where it does not, or where that is not certain.
 *
 * @param name The script, relative to the app, forward slashes.
 * @param others Scripts of the app that may change what the module exports.
 */
export function importedPort(
  folder: AppFolder,
  name: string,
  context: ScriptContext,
  expression: AnyNode,
  others: readonly ReadScript[] = [],
): ImportedPort | undefined {
  const node = follow(expression, context.bindings);
  // `config.port || 3000`
  if (node.type === 'LogicalExpression')
    return node.operator === '&&' ? undefined : importedPort(folder, name, context, node.left, others);
  const member = memberOf(context, node);
  const last = member?.keys.at(-1);
  if (member === undefined || last === undefined || isAssigned(context.script, last)) return undefined;
  const { specifier, keys } = member;
  if (mayChange(context, ({ specifier: loaded }) => loaded === specifier, last)) return undefined;
  const json = path.posix.normalize(path.posix.join(path.posix.dirname(name), specifier));
  const isOwn = /^\.{1,2}\//.test(specifier);
  const data = isOwn ? [json, `${json}.json`].find((each) => folder.isFile(each)) : undefined;
  if (data?.endsWith('.json')) return portInJson(folder.read(data), keys);
  const file = resolveOwn(folder, name, specifier);
  const script = file === undefined ? undefined : appScript(folder, file, true);
  if (script === undefined || isAssigned(script, last)) return undefined;
  const isChanged = others.some(
    (other) =>
      other.name !== file &&
      mayChange(other.context, ({ specifier: loaded }) => resolveOwn(folder, other.name, loaded) === file, last),
  );
  return isChanged ? undefined : portInModule(script, keys);
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
  const key = propertyName(node);
  if (node.type !== 'MemberExpression' || key === undefined) return undefined;
  const owner = memberOf(context, follow(node.object, context.bindings));
  return owner && { ...owner, keys: [...owner.keys, key] };
}

function portInJson(text: string | undefined, keys: readonly string[]): ImportedPort | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    return undefined; // another rule says so where node loads it
  }
  for (const key of keys) {
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }
  return numeric(value);
}

function numeric(value: unknown): ImportedPort | undefined {
  const isPort = typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value));
  return isPort ? { port: Number(value) } : undefined;
}

function portInModule(script: Script, [first = '', ...others]: readonly string[]): ImportedPort | undefined {
  const { tree } = script;
  if (tree === undefined) return undefined;
  const bindings = bindingsOf(tree);
  if (bindings.changes.ofName('exports', '') || bindings.changes.ofName('module', '')) return undefined;
  let value = exportedValue(tree, first);
  let keys = others;
  if (value === undefined) {
    value = exportedValue(tree, 'default');
    keys = [first, ...others];
  }
  for (const key of keys) {
    const object = objectOf(value, bindings);
    if (value && object && bindings.changes.ofObject({ object, key, by: value })) return undefined;
    value = object && propertyOf(object, key, bindings);
  }
  if (value === undefined) return undefined;
  const read = readValue(value, bindings);
  if (read.kind === 'literal') return numeric(read.value);
  return read.kind === 'environment' && coercionIn(bindings, value) !== undefined ? 'coerced' : undefined;
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
