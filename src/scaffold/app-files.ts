import { existsSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from './package-root.js';
import type { Adapter, Template } from './types.js';

/** The variant of an app. */
export interface Variant {
  readonly typescript: boolean;
  readonly adapter: Adapter;
}

/** The files of a template's app: name in the app -> absolute path of its source. web.config is not among them. */
export function appFiles(template: Template, { typescript, adapter }: Variant): ReadonlyMap<string, string> {
  const modules = [...modulesOf(template, adapter)].map(([name, folder]): [string, string] =>
    typescript
      ? [sourceOf(`${name}.js`), path.join(folder, 'src', `${name}.ts`)]
      : [`${name}.js`, path.join(folder, `${name}.js`)],
  );
  const own = template.files.map((file): [string, string] => [file, path.join(template.root, stored(file))]);
  const borrowed = Object.entries(template.shared ?? {})
    .filter(([file, from]) => ownerOf(template, file, from) === undefined)
    .map(([file, from]): [string, string] => [file, path.join(template.root, from)]);
  const compiler = path.join(packageRoot(), 'templates', 'tsconfig.app.json');
  return new Map([...modules, ...own, ...borrowed, ...(typescript ? [['tsconfig.json', compiler] as const] : [])]);
}

/** The server's JavaScript files beside web.config, in both languages: the entry point and its modules. */
export const scriptsOf = (template: Template, adapter: Adapter): readonly string[] =>
  [...modulesOf(template, adapter).keys()].map((name) => `${name}.js`);

/** The source of a script of a TypeScript app: 'src/server.ts' for 'server.js'. */
export const sourceOf = (script: string): string => `src/${script.replace(/\.js$/, '.ts')}`;

/** The folders of the server's JavaScript besides that of web.config: 'lib'. */
export const foldersOf = (template: Template, adapter: Adapter): readonly string[] => [
  ...new Set(
    scriptsOf(template, adapter)
      .map((file) => path.posix.dirname(file))
      .filter((folder) => folder !== '.'),
  ),
];

/** The server's modules: name ('server', 'lib/stream') -> the folder of the template or adapter that has it. */
function modulesOf(template: Template, adapter: Adapter): ReadonlyMap<string, string> {
  const borrowed = Object.entries(template.shared ?? {}).flatMap(([file, from]): [string, string][] => {
    const owner = ownerOf(template, file, from);
    return owner === undefined ? [] : [[nameOf(file), owner]];
  });
  return new Map([
    ...template.sources.map((name): [string, string] => [name, template.root]),
    ...borrowed,
    ...(template.adapters ? [['lib/adapter', adapter.root] as const] : []),
  ]);
}

/** The template that a borrowed module comes from, where it has the same name; undefined: the file is not made from TypeScript. */
function ownerOf(template: Template, file: string, from: string): string | undefined {
  if (!file.endsWith('.js') || !from.endsWith(`/${file}`)) return undefined;
  const owner = path.join(template.root, from.slice(0, -file.length));
  return existsSync(path.join(owner, sourceOf(file))) ? owner : undefined;
}

const nameOf = (file: string): string => file.replace(/\.js$/, '');

/** npm does not include these in packages, so a template has them under other names. */
const stored = (file: string): string =>
  file.replace(/(^|\/)\.gitignore$/, '$1_gitignore').replace(/(^|\/)(package-lock\.json)$/, '$1_$2');
