import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { installAdvice } from '../../../src/host/backend/install-advice.js';
import { put } from '../harness.js';

function folderOf(packageJson?: string): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'install-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  if (packageJson !== undefined) put(folder, 'package.json', packageJson);
  return folder;
}

describe('the command for a package that node did not find', () => {
  it('names no package that package.json lists', () => {
    const folder = folderOf('\uFEFF{ "dependencies": { "lodash": "4" }, "devDependencies": { "@a/b": "1" } }');
    expect(installAdvice('lodash/fp', folder)).toBe(`run npm install in ${folder}`);
    expect(installAdvice('@a/b/c', folder)).toBe(`run npm install in ${folder}`);
    const below = path.join(folder, 'bin');
    expect(installAdvice('lodash', below)).toBe(`run npm install in ${below}`);
  });

  it.each([
    ['yarn.lock', 'yarn install', 'yarn add redis'],
    ['pnpm-lock.yaml', 'pnpm install', 'pnpm add redis'],
    ['bun.lock', 'bun install', 'bun add redis'],
    ['package-lock.json', 'npm install', 'npm install redis'],
  ])('is of the package manager that wrote %s, also for a script in a folder of the app', (lock, listed, further) => {
    const folder = folderOf('{ "dependencies": { "lodash": "4" } }');
    put(folder, lock, '');
    put(folder, 'dist/server.js', '');
    const below = path.join(folder, 'dist');
    expect(installAdvice('lodash', below)).toBe(`run ${listed} in ${below}`);
    expect(installAdvice('redis', folder)).toBe(`run ${further} in ${folder}`);
  });

  it.each(['{}', '{ "dependencies": { "lodash-es": "4" } }', '{ "dependencies": null }', '{', '[]', 'null'])(
    'names one that package.json does not list: %s',
    (text) => {
      const folder = folderOf(text);
      expect(installAdvice('lodash/fp', folder)).toBe(`run npm install lodash in ${folder}`);
      expect(installAdvice('@a/b/c', folder)).toBe(`run npm install @a/b in ${folder}`);
      expect(installAdvice('toString', folder)).toBe(`run npm install toString in ${folder}`);
    },
  );
});
