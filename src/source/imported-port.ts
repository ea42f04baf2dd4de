import type { AnyNode } from 'acorn';
import type { ScriptContext } from './context.js';
import type { AppFolder } from './folder.js';
import { configKeyAt, importedValue, type ReadScript } from './imported-value.js';
import { coercionIn } from './listens.js';
import { follow, readValue } from './values.js';

/** What a module of the app says of a port: a number, a variable of the environment, or a conversion of process.env.PORT to a number. */
export type ImportedPort = { readonly port: number } | { readonly variable: string } | 'coerced';

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
  const key = configKeyAt(folder, context, node, others);
  if (key !== undefined && 'variable' in key) return key.isNumber ? 'coerced' : { variable: key.variable };
  const found = importedValue(folder, name, context, node, others);
  if (found === undefined) return undefined;
  const { bindings } = found.context;
  const read = readValue(found.node, bindings);
  if (read.kind === 'literal') return numeric(read.value);
  return read.kind === 'environment' && coercionIn(bindings, found.node) !== undefined ? 'coerced' : undefined;
}

function numeric(value: unknown): ImportedPort | undefined {
  const isPort = typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value));
  return isPort ? { port: Number(value) } : undefined;
}
