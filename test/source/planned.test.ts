import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readFolder, withPlanned } from '../../src/source/index.js';
import { testFolder } from '../files/folder.js';

const planned = new Map([
  ['web.config', Buffer.from('\uFEFF<configuration />')],
  ['lib/deep/chat.js', Buffer.from('new')],
]);

it('files that are planned count as existing, in a folder that does not exist yet', () => {
  const folder = withPlanned(readFolder(path.join(testFolder(), 'to-come'), false), planned);
  expect(folder.files).toEqual(['web.config', 'lib/deep/chat.js']);
  expect(folder.hasSources).toBe(true);
  expect(['lib', 'lib/deep', 'LIB', 'deep'].map(folder.isDirectory)).toEqual([true, true, true, false]);
  expect(folder.read('Web.Config')).toBe('<configuration />');
  expect(folder.read('lib\\deep\\chat.js')).toBe('new');
  expect(folder.read('lib/deep/other.js')).toBeUndefined();
});

it('files that are planned are read instead of those on the disk, in whatever case they are there', () => {
  const root = testFolder();
  mkdirSync(path.join(root, 'lib', 'deep'), { recursive: true });
  writeFileSync(path.join(root, 'lib', 'deep', 'Chat.js'), 'old');
  writeFileSync(path.join(root, 'server.js'), 'as it is');
  const folder = withPlanned(readFolder(root, false), planned);
  expect(folder.files.filter((name) => /chat/i.test(name))).toEqual(['lib/deep/Chat.js']);
  expect(folder.read('lib/deep/chat.js')).toBe('new');
  expect(folder.load('lib/deep/Chat.js')).toEqual(Buffer.from('new'));
  expect(folder.read('server.js')).toBe('as it is');
});
