import { codeText, type LoadedScript } from '../../source/index.js';
import type { FileFacts } from './facts.js';

/** Packages that change how node reads the files that are loaded after them. */
const hooks =
  /^(@babel\/(register|node)|babel-register|babel-core\/register|ts-node|tsx|tsm|esm|jiti|pirates|sucrase|amaro|esbuild-register|esbuild-runner|@esbuild-kit\/|@swc(-node)?\/(register|core)|@cspotcode\/|coffee-?script|livescript|node-jsx|node-hook|flow-remove-types|flow-node|require-hacker|@std\/esm|reify)(\/|$)/;
const byHand =
  /\b_extensions\b|\brequire\.extensions\b|\bregisterHooks\b|(?<![\w$.])register\s*\(|\bmodule\.register\s*\(/i;
const options = /(^|\s)(-r|--require|--import|--(experimental-)?loader)\b/;
const nodeAlone = /^\s*("[^"]*node(\.exe)?"|(\S*[\\/])?node(\.exe)?)(\s|$)/i;

/** May these scripts of an entry be compiled when they are loaded, or be run by another program than node? */
export function mayBeTranspiled({ iisnode, query }: FileFacts, scripts: readonly LoadedScript[]): boolean {
  const command = iisnode?.values.nodeProcessCommandLine ?? 'node';
  if (!nodeAlone.test(command) || options.test(command) || options.test(query.appSetting('NODE_OPTIONS') ?? ''))
    return true;
  return scripts.some(
    (script) =>
      byHand.test(codeText(script)) || (script.context?.modules ?? []).some(({ specifier }) => hooks.test(specifier)),
  );
}
