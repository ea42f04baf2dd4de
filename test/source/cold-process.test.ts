import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';

const folder = mkdtempSync(path.join(tmpdir(), 'cold-process-'));
const program = path.join(folder, 'source.mjs');

beforeAll(async () => {
  const entry = path.join(import.meta.dirname, '..', '..', 'src', 'source', 'index.ts');
  const js = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  await build({
    entryPoints: [entry],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js },
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const code = `import { findSyntaxError, parseScript } from './source.mjs';
const [read, file, head, middle, tail] = process.argv.slice(-5);
for (const levels of [10, 100, 300, 1_000, 2_000, 4_000, 8_000]) {
  const text = head.repeat(levels) + middle + tail.repeat(levels);
  if (read === 'syntax') findSyntaxError({ file, text }, 'module');
  else parseScript({ file, text });
}
console.log('done');`;

// Where the stack ends while V8 compiles a regular expression, it aborts the process. In one that is warm it has compiled them all.
it.each([
  ['syntax', 'a.js', '`${', '1', '}`'],
  ['syntax', 'a.js', 'a ? (b) : c => {', '1', '}'],
  ['syntax', 'a.js', '(a = ', '1', ') => a'],
  ['tree', 'a.js', '`${', '1', '}`'],
  ['tree', 'a.js', 'a ? (b) : c => {', '1', '}'],
  ['tree', 'a.js', 'f((a) => {', '1', '})'],
  ['tree', 'a.ts', 'if (a) b; else ', 'c', ''],
  ['tree', 'a.ts', 'f((a) => {', '1', '})'],
  ['tree', 'a.tsx', 'namespace a {', '', '}'],
  ['tree', 'a.tsx', '`${', '1', '}`'],
])('for the %s of %s %j may nest without end', (read, file, head, middle, tail) => {
  const { stdout, signal } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', code, read, file, head, middle, tail],
    { cwd: folder, encoding: 'utf8' },
  );
  expect({ stdout, signal }).toEqual({ stdout: 'done\n', signal: null });
});
