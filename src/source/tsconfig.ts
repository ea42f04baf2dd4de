import path from 'node:path';
import type { AnyNode, ObjectExpression } from 'acorn';
import { remembered } from '../remembered.js';
import { withoutEnd } from '../trimmed.js';
import { type Bindings, bindingsOf } from './bindings.js';
import type { AppFolder } from './folder.js';
import { parseScript } from './script.js';
import { objectOf, propertyOf, readValue } from './values.js';

/** Source and output folder of a TypeScript compiler, relative to the app's folder, without a slash at the end; '' is the folder itself. */
export interface CompilerFolders {
  /** Where the tsconfig file is: it compiles what is below. */
  readonly base: string;
  readonly outDir: string | undefined;
  readonly rootDir: string | undefined;
  /** It only checks types: another program creates JavaScript, or runs TypeScript. */
  readonly noEmit: boolean | undefined;
}

const usual = /(?:^|\/)tsconfig(?:\.(?:build|prod|server))?\.json$/i;
const mostExtended = 5;
const mostFiles = 50;

/** The folders in the tsconfig files of an app, of its packages and of the projects that these refer to; those deepest first. */
export const compilerFolders = remembered((folder: AppFolder): readonly CompilerFolders[] => {
  const files = new Set([...folder.files.filter((name) => usual.test(name)), ...namedInScripts(folder)]);
  const found: CompilerFolders[] = [];
  for (const name of files) {
    if (found.length === mostFiles) break;
    const read = readTsconfig(folder, name);
    if (read.compiles) found.push(read);
    for (const each of read.references) files.add(each); // iterating over a set includes items that are added meanwhile
  }
  const depth = ({ base }: CompilerFolders): number => (base === '' ? 0 : base.split('/').length);
  return found.toSorted((a, b) => depth(b) - depth(a));
});

/** `tsc -p tsconfig.node.json`, as package.json has it. */
function namedInScripts(folder: AppFolder): readonly string[] {
  const words = (folder.read('package.json') ?? '').replaceAll('\\\\', '/').split(/[\s"'=\\]+/);
  const names = words.filter((word) => word.endsWith('.json') && word.includes('tsconfig'));
  return names.map((name) => path.posix.normalize(name)).filter((name) => folder.isFile(name));
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

interface ReadTsconfig extends CompilerFolders {
  /** It has files of its own, and not only references to other projects. */
  readonly compiles: boolean;
  /** The tsconfig files of the projects that it refers to, which exist. */
  readonly references: readonly string[];
}

function readTsconfig(folder: AppFolder, name: string, depth = 0): ReadTsconfig {
  const base = relativeTo(name, '.');
  const none = { base, outDir: undefined, rootDir: undefined, noEmit: undefined, compiles: true, references: [] };
  const parsed = parseTsconfig(folder, name);
  if (parsed === undefined) return none;
  const { config, options, bindings, text } = parsed;
  const noEmit = text(options, 'noEmit');
  const within = (directory: string | undefined): string | undefined =>
    directory === undefined ? undefined : relativeTo(name, directory);
  const parent = text(config, 'extends');
  const file = parent !== undefined && /^\.{1,2}\//.test(parent) ? relativeTo(name, parent) : undefined;
  const inherited =
    file !== undefined && depth < mostExtended
      ? readTsconfig(folder, file.replace(/(\.json)?$/, '.json'), depth + 1)
      : none;
  const list = (key: string): readonly AnyNode[] | undefined => {
    const node = config && propertyOf(config, key, bindings);
    return node?.type === 'ArrayExpression' ? node.elements.flatMap((each) => each ?? []) : undefined;
  };
  return {
    base,
    outDir: within(text(options, 'outDir')) ?? inherited.outDir,
    rootDir: within(text(options, 'rootDir')) ?? inherited.rootDir,
    noEmit: noEmit === undefined ? inherited.noEmit : noEmit === 'true',
    compiles: list('files')?.length !== 0 || list('include') !== undefined,
    references: (list('references') ?? []).flatMap((each) => {
      const project = within(text(objectOf(each, bindings), 'path'));
      if (project === undefined) return [];
      return [project, path.posix.join(project, 'tsconfig.json')].find((one) => folder.isFile(one)) ?? [];
    }),
  };
}

/** A path in a tsconfig, relative to the app's folder. */
export function relativeTo(file: string, target: string): string {
  const joined = path.posix.join(path.posix.dirname(file), target.replaceAll('\\', '/'));
  return withoutEnd(joined, '/').replace(/^\.$/, '');
}
