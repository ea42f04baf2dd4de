import path from 'node:path';
import type { AppFolder } from './folder.js';
import { compilerFolders } from './tsconfig.js';

const typed = /\.([cm]?ts|tsx)$/i;
/** Of a bundle of a server, which may be written in JavaScript. */
export const anyScript = /\.([cm]?[jt]s|[jt]sx)$/i;
/** Folders that builds write to. */
const product = /^(dist|build|lib|out|output)$/i;
const mostSources = 400;
const none: Origin = { names: [], isMapped: false };

/** The sources of a compiled script. */
export interface Origin {
  /** Files of the app; for a bundle all of them. Empty for a script that is not compiled. */
  readonly names: readonly string[];
  /** True when a source map names them; otherwise they are in the usual place. */
  readonly isMapped: boolean;
}

/**
 * The app's TypeScript from which a script was, or will be, compiled.
 *
 * @param name Relative, forward slashes; it need not exist.
 * @param kinds The sources that a source map may name.
 */
export function compiledFrom(folder: AppFolder, name: string, kinds: RegExp = typed): Origin {
  if (!/\.[cm]?jsx?$/i.test(name) || (kinds === typed && !hasTypeScript(folder))) return none;
  const mapped = ofSourceMap(folder, name, kinds);
  if (mapped.length > 0) return { names: mapped, isMapped: true };
  if (!hasTypeScript(folder)) return none;
  for (const stem of stemsOf(folder, name)) {
    for (const ending of endingsOf(name)) {
      const found = folder.spelling(stem + ending);
      if (found) return { names: [found], isMapped: false };
    }
  }
  return none;
}

const withTypeScript = new WeakMap<AppFolder, boolean>();

function hasTypeScript(folder: AppFolder): boolean {
  const found = withTypeScript.get(folder) ?? folder.files.some((name) => typed.test(name));
  withTypeScript.set(folder, found);
  return found;
}

/** The sources that the map beside a script names. */
function ofSourceMap(folder: AppFolder, name: string, kinds: RegExp): readonly string[] {
  const map = json(folder.readLarge(`${name}.map`));
  const { sources, sourceRoot } = map as { readonly sources?: unknown; readonly sourceRoot?: unknown };
  if (!Array.isArray(sources)) return [];
  const base = path.posix.join(path.posix.dirname(name), typeof sourceRoot === 'string' ? sourceRoot : '');
  return sources.slice(0, mostSources).flatMap((source) => {
    const ofWebpack = typeof source === 'string' ? webpackSource.exec(source)?.[1] : undefined;
    if (ofWebpack !== undefined && kinds.test(ofWebpack)) return besideOrAbove(folder, name, ofWebpack);
    if (typeof source !== 'string' || !kinds.test(source) || /^[a-z][a-z\d+.-]+:/i.test(source)) return [];
    const file = path.posix.join(base, source);
    return file === name || /(^|\/)node_modules\//.test(file) ? [] : (folder.spelling(file) ?? []);
  });
}

/** `webpack://app/./src/chat.js`: relative to webpack's context, the folder in which the build runs. */
const webpackSource = /^webpack:\/\/[^/]*\/(\.{1,2}\/[^?]*)/;

/** The file in the nearest folder around the script that has it. */
function besideOrAbove(folder: AppFolder, name: string, source: string): readonly string[] {
  if (/(^|\/)node_modules\//.test(source)) return [];
  for (let around = path.posix.dirname(name); ; around = path.posix.dirname(around)) {
    const found = folder.spelling(path.posix.join(around, source));
    if (found !== undefined && found !== name) return [found];
    if (around === '.') return [];
  }
}

function json(text: string | undefined): object {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {}; // no map
  }
}

/** The possible paths of a script's source, without extension. */
function stemsOf(folder: AppFolder, name: string): readonly string[] {
  const stem = name.replace(/\.[cm]?jsx?$/i, '');
  const parts = stem.split('/');
  const configured = compilerFolders(folder).flatMap(({ base, outDir, rootDir }) => {
    if (outDir === undefined || (outDir !== '' && !stem.startsWith(`${outDir}/`))) return [];
    const rest = outDir === '' ? stem : stem.slice(outDir.length + 1);
    const roots = rootDir === undefined ? [path.posix.join(base, 'src'), base] : [rootDir];
    return roots.map((root) => (root === '' ? rest : `${root}/${rest}`));
  });
  const usual = parts.flatMap((part, index) => {
    if (index === parts.length - 1 || !product.test(part)) return [];
    const [before, after] = [parts.slice(0, index), parts.slice(index + 1)];
    return [[...before, 'src', ...after].join('/'), [...before, ...after].join('/')];
  });
  const isBuilt = folder.isFile('tsconfig.json') || hasBuildScript(folder);
  return [...configured, stem, ...(isBuilt ? [...usual, `src/${stem}`] : [])];
}

const withBuildScript = new WeakMap<AppFolder, boolean>();

function hasBuildScript(folder: AppFolder): boolean {
  const found = withBuildScript.get(folder) ?? readsBuildScript(folder);
  withBuildScript.set(folder, found);
  return found;
}

function readsBuildScript(folder: AppFolder): boolean {
  const { scripts } = json(folder.read('package.json')) as { readonly scripts?: unknown };
  return typeof scripts === 'object' && scripts !== null && Object.keys(scripts).some((name) => /^build\b/.test(name));
}

/** A compiler creates .mjs from .mts; bundlers also create .mjs and .cjs from .ts. */
function endingsOf(name: string): readonly string[] {
  if (/\.mjs$/i.test(name)) return ['.mts', '.ts', '.tsx'];
  if (/\.cjs$/i.test(name)) return ['.cts', '.ts', '.tsx'];
  return ['.ts', '.tsx'];
}
