import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../support/cli.js';

const text = readFileSync(path.join(import.meta.dirname, 'README.md'), 'utf8');
const listed = [...text.matchAll(/^- ([^:]+): `([^`]+)`: (.+)$/gm)].map(([, name = '', file = '', title = '']) => ({
  name,
  file,
  title,
}));

it.each(listed)('$name: $file has that test', ({ file, title }) => {
  expect(readFileSync(path.join(root, file), 'utf8')).toContain(title);
});

it('each fault of each target has a test of the list, and each test a place', () => {
  const rows = [...text.matchAll(/^\| (?!Target|---)(.*) \|$/gm)].map(([, row = '']) => row.split(' | '));
  expect(rows.map(([target]) => target)).toHaveLength(7);
  const named = rows.flatMap(([, ...cells]) => cells.flatMap((cell) => cell.split(', ')));
  const names = listed.map(({ name }) => name);
  expect(named.filter((name) => name !== '(none)' && !names.includes(name))).toEqual([]);
  const used = new Set([...named, 'interrupted steps', 'interrupted looks']);
  expect(names.filter((name) => !used.has(name))).toEqual([]);
});
