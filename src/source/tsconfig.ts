import path from 'node:path';
import type { ObjectExpression } from 'acorn';
import { withoutEnd } from '../trimmed.js';
import { type Bindings, bindingsOf } from './bindings.js';
import type { AppFolder } from './folder.js';
import { parseScript } from './script.js';
import { objectOf, propertyOf, readValue } from './values.js';

/** Source and output folder of a TypeScript compiler, relative to the app's folder, without a slash at the end; '' is the folder itself. */
export interface CompilerFolders {
  readonly outDir: string | undefined;
  readonly rootDir: string | undefined;
  /** It only checks types: another program creates JavaScript, or runs TypeScript. */
  readonly noEmit: boolean | undefined;
}

const names = ['tsconfig.json', 'tsconfig.build.json', 'tsconfig.prod.json', 'tsconfig.server.json'];
const mostExtended = 5;
const known = new WeakMap<AppFolder, readonly CompilerFolders[]>();

/** The folders in the tsconfig files of an app. */
export function compilerFolders(folder: AppFolder): readonly CompilerFolders[] {
  const found =
    known.get(folder) ?? names.filter((name) => folder.isFile(name)).map((name) => readTsconfig(folder, name));
  known.set(folder, found);
  return found;
}

/** A tsconfig that parses: itself, its compilerOptions, and the text of a key of either. */
export interface Tsconfig {
  readonly config: ObjectExpression | undefined;
  readonly options: ObjectExpression | undefined;
  readonly bindings: Bindings;
  text(object: ObjectExpression | undefined, key: string): string | undefined;
}

/** It may have comments and trailing commas: it is parsed as a JavaScript expression. Undefined where it does not parse. */
export function parseTsconfig(folder: AppFolder, name: string): Tsconfig | undefined {
  const tree = parseScript({ file: `${name}.js`, text: `(${folder.read(name) ?? ''}\n)` }).tree;
  const [statement] = tree?.program.body ?? [];
  if (!tree || statement?.type !== 'ExpressionStatement') return undefined;
  const bindings = bindingsOf(tree);
  const config = objectOf(statement.expression, bindings);
  return {
    config,
    options: config && objectOf(propertyOf(config, 'compilerOptions', bindings), bindings),
    bindings,
    text: (object, key) => {
      const node = object && propertyOf(object, key, bindings);
      const value = node && readValue(node, bindings);
      return value?.kind === 'literal' ? String(value.value) : undefined;
    },
  };
}

function readTsconfig(folder: AppFolder, name: string, depth = 0): CompilerFolders {
  const none: CompilerFolders = { outDir: undefined, rootDir: undefined, noEmit: undefined };
  const parsed = parseTsconfig(folder, name);
  if (parsed === undefined) return none;
  const { config, options, text } = parsed;
  const noEmit = text(options, 'noEmit');
  const within = (directory: string | undefined): string | undefined =>
    directory === undefined ? undefined : relativeTo(name, directory);
  const base = text(config, 'extends');
  const file = base !== undefined && /^\.{1,2}\//.test(base) ? relativeTo(name, base) : undefined;
  const inherited =
    file !== undefined && depth < mostExtended
      ? readTsconfig(folder, file.replace(/(\.json)?$/, '.json'), depth + 1)
      : none;
  return {
    outDir: within(text(options, 'outDir')) ?? inherited.outDir,
    rootDir: within(text(options, 'rootDir')) ?? inherited.rootDir,
    noEmit: noEmit === undefined ? inherited.noEmit : noEmit === 'true',
  };
}

/** A path in a tsconfig, relative to the app's folder. */
export function relativeTo(file: string, target: string): string {
  const joined = path.posix.join(path.posix.dirname(file), target.replaceAll('\\', '/'));
  return withoutEnd(joined, '/').replace(/^\.$/, '');
}
