import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readFolder } from '../../src/source/folder.js';
import { readPageLinks } from '../../src/source/root-urls.js';
import { growth, linear } from '../support/growth.js';

it('comments that are not closed take no longer than other text', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'root-urls-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  writeFileSync(path.join(root, 'index.html'), '');
  const folder = readFolder(root, false);
  const links = (size: number) =>
    readPageLinks({ ...folder, read: () => `<a href="/x"></a>${'<!--'.repeat(10 * size)}<a href="/y">` });
  expect(links(1).map(({ url }) => url)).toEqual(['/x']);
  expect(growth(links, 100)).toBeLessThan(linear);
});
