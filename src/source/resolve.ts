import path from 'node:path';
import type { AppFolder } from './folder.js';

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
 * The file of the app for a relative specifier, found like node, else like a bundler (`./socket.js` may be socket.ts);
 * undefined when it is not a file of the app.
 */
export function resolveRelative(folder: AppFolder, from: string, specifier: string): string | undefined {
  if (!/^\.{1,2}(\/|$)/.test(specifier)) return undefined;
  const base = path.posix.normalize(path.posix.join(path.posix.dirname(from), specifier)).replace(/\/$/, '');
  if (base.startsWith('..')) return undefined;
  const stem = base.replace(/\.[cm]?js$/, '');
  const names = [...endings.map((ending) => base + ending), ...sourceEndings.map((ending) => stem + ending)];
  for (const name of names) {
    const found = folder.spelling(name);
    if (found && !found.endsWith('.json')) return found;
  }
  return undefined;
}
