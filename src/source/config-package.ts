import type { AppFolder } from './folder.js';

/** Where the package config has the value of a key: a file of the app, or a variable of the environment. */
export type ConfigKey =
  | { readonly file: string }
  /** `isNumber`: it is converted, and the name of a pipe is none. */
  | { readonly variable: string; readonly isNumber: boolean };

/** What it loads besides default.json: by environment, instance and machine, and what no commit has. */
const others = /^config\/(?!default\.json$|custom-environment-variables\.)[^/]+\.json$/i;
/** Those in other formats are not read here. */
const inOtherFormat =
  /^config\/(?:default|production|development|local|custom-environment-variables)(?:-[\w-]+)?\.(?!json$)\w+$/i;
/** Files that may send it to another folder, or give it values. */
const mayRedirect = ['package.json', 'web.config', 'Web.config', '.env'];

/**
 * Where the package config finds a key. undefined where that is not certain: several files have it, one of them is not JSON, or the
 * environment names another folder.
 *
 * @param code The script that asks.
 */
export function configKey(folder: AppFolder, code: string, keys: readonly string[]): ConfigKey | undefined {
  if (keys.length === 0 || [code, ...mayRedirect.map((name) => folder.read(name))].some(redirects)) return undefined;
  if (folder.files.some((name) => inOtherFormat.test(name))) return undefined;
  const variable = variableOf(valueIn(folder, 'config/custom-environment-variables.json', keys));
  if (variable !== undefined) return variable;
  if (folder.files.some((name) => others.test(name) && valueIn(folder, name, keys).value !== undefined))
    return undefined;
  const file = 'config/default.json';
  return valueIn(folder, file, keys).value === undefined ? undefined : { file };
}

const redirects = (text: string | undefined): boolean => text !== undefined && /\bNODE_CONFIG(?:_DIR)?\b/.test(text);

/** A value in a JSON file, and the variable with a JSON text that the file names for an object around it. */
interface Found {
  readonly value: unknown;
  readonly around?: string;
}

function valueIn(folder: AppFolder, name: string, keys: readonly string[]): Found {
  let value = parsed(folder.read(name));
  for (const key of keys) {
    if (typeof value !== 'object' || value === null) return { value: undefined };
    const { __name: around } = value as { readonly __name?: unknown };
    if (typeof around === 'string') return { value: undefined, around };
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return { value };
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined; // config itself ends with an error
  }
}

/** "PORT", or { "__name": "PORT", "__format": "number" }. */
function variableOf({ value, around }: Found): ConfigKey | undefined {
  if (around !== undefined) return { variable: around, isNumber: false };
  if (typeof value === 'string') return { variable: value, isNumber: false };
  if (typeof value !== 'object' || value === null) return undefined;
  const { __name: name, __format: format } = value as { readonly __name?: unknown; readonly __format?: unknown };
  return typeof name === 'string' ? { variable: name, isNumber: format === 'number' } : undefined;
}
