import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { init } from '../support/init.js';
import { readToTheEnd } from './reading.js';
import { folderWith, talk } from './workspace.js';

it('what init writes and installs streams by itself, to the end', async () => {
  const folder = path.join(folderWith(), 'dante');
  const someone = talk();
  const result = await init({ directory: folder }, someone);
  expect(result.installed?.ms).toBeGreaterThan(0);
  expect(existsSync(path.join(folder, 'node_modules', 'socket.io', 'package.json'))).toBe(true);
  expect(someone.events.map((event) => event.kind).filter((kind) => kind !== 'fetched')).toEqual([
    'planned',
    'written',
    'installing',
    'installed',
  ]);
  expect(result.nextSteps).toHaveLength(1);

  expect(await readToTheEnd(folder)).toHaveLength(46);
});
