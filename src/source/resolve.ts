import path from 'node:path';
import type { AppFolder } from './folder.js';
import { ownNameTargets } from './own-names.js';

const endings = ['', '.js', '.cjs', '.mjs', '/index.js', '/index.cjs', '/index.mjs'];
/** Extensions that a bundler or a TypeScript compiler also tries. */
const sourceEndings = [
  '.ts',
  '.mts',
  '.cts',
  '.tsx',
  '.jsx',
  '.vue',
  '.svelte',
  '/index.ts',
  '/index.tsx',
  '/index.jsx',
];

/**
 * The file of the app for a specifier: a relative one, or a name that the app gives to its own files (`#lib/app`, `@live/open`);
 * found like node, else like a bundler (`./socket.js` may be socket.ts); undefined when it is not a file of the app.
 */
export function resolveOwn(folder: AppFolder, from: string, specifier: string): string | undefined {
  if (isRelative.test(specifier)) return fileAt(folder, path.posix.join(path.posix.dirname(from), specifier));
  if (/^[./]|^[a-z]+:/i.test(specifier)) return undefined;
  for (const target of ownNameTargets(folder, from, specifier)) {
    const found = fileAt(folder, target);
    if (found !== undefined) return found;
  }
  return undefined;
}

const isRelative = /^\.{1,2}(\/|$)/;

function fileAt(folder: AppFolder, target: string): string | undefined {
  const base = path.posix.normalize(target).replace(/\/$/, '');
  if (base.startsWith('..')) return undefined;
  const stem = base.replace(/\.[cm]?js$/, '');
  const names = [...endings.map((ending) => base + ending), ...sourceEndings.map((ending) => stem + ending)];
  for (const name of names) {
    const found = folder.spelling(name);
    if (found && !found.endsWith('.json')) return found;
  }
  return undefined;
}
