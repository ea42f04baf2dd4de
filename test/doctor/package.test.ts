import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { majorOf } from '../../src/doctor/facts/package.js';
import { diagnose } from '../../src/doctor/index.js';
import { copyOf } from './expect-codes.js';

it.each([
  ['4.8.1', 4],
  ['^4.1.0', 4],
  ['4.x', 4],
  ['4', 4],
  ['npm:socket.io@^4.7.0', 4],
  ['^2 || ^4', 4],
  ['>=2.0.0 <3.0.0', 2],
  ['>=2.0.0', undefined],
  ['>1', undefined],
  ['^2 || >=4', undefined],
  ['latest', undefined],
  ['*', undefined],
  [undefined, undefined],
])('%s is of major %s', (range, major) => expect(majorOf(range)).toBe(major));

it('an open range is no old server', async () => {
  const cwd = copyOf('eio-same');
  writeFileSync(path.join(cwd, 'package.json'), '{ "main": "server.js", "dependencies": { "socket.io": ">=2.0.0" } }');
  expect((await diagnose('.', { cwd, only: ['EIO_MISMATCH'] })).findings).toEqual([]);
});
