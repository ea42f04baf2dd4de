import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { importsAmong } from '../support/imports.js';

const src = path.join(import.meta.dirname, '..', '..', 'src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll(path.sep, '/'))
  .filter((file) => file.endsWith('.ts'));
/** Types are not loaded. */
const loadedText = (file: string): string =>
  readFileSync(path.join(src, file), 'utf8').replace(/^import type [^;]+;/gm, '');
const imports = importsAmong(new Map(files.map((file) => [file, loadedText(file)])));

it.each(['app/place/index.ts', 'commands/trace.ts', 'commands/serve.ts'])(
  '%s needs no parser of sources, which takes long to load',
  (start) => {
    const reached = new Set([start]);
    for (const file of reached) for (const next of imports.get(file) ?? []) if (!isLazy(file, next)) reached.add(next);
    expect([...reached].filter((file) => file.startsWith('source/'))).toEqual([]);
  },
);

/** `await import('../doctor/index.js')` or `await import('./live-page.js')`, when it is needed. */
function isLazy(file: string, target: string): boolean {
  const parts = target.replace(/\.ts$/, '.js').split('/');
  const name = path.dirname(file) === path.dirname(target) ? `./${parts.at(-1)}` : `../${parts.slice(-2).join('/')}`;
  const text = loadedText(file);
  return text.includes(`import('${name}')`) && !text.includes(`from '${name}'`);
}
