import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { root } from './support/cli.js';

/** The files that npm puts into the package. */
function packedFiles(): readonly string[] {
  const options = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const text = execFileSync('npm', options, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
  const [packed] = JSON.parse(text) as { files: { path: string }[] }[];
  return (packed?.files ?? []).map((file) => file.path);
}

it('the package has each document that README and the loader name', () => {
  const texts = ['README.md', 'templates/loader/iisnode-entry.cjs'].map((name) =>
    readFileSync(path.join(root, name), 'utf8'),
  );
  const named = new Set(texts.flatMap((text) => text.match(/\bdocs\/[\w-]+\.md\b/g) ?? []));
  expect(named.size).toBeGreaterThan(1);
  expect(packedFiles()).toEqual(expect.arrayContaining([...named]));
});
