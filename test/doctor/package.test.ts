import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { majorOf } from '../../src/doctor/facts/version-range.js';
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
  ['', undefined],
  ['~4', 4],
  ['=4.1', 4],
  ['v2.5.0', 2],
  ['4.8.1-rc.1', 4],
  ['<5', 4],
  ['<5.0.1', 5],
  ['<=3', 3],
  ['>=2 <3 || >=4 <5', 4],
  ['2 - 4', 4],
  ['>1 || ^2', undefined],
  ['npm:@scope/socket.io@~3.1', 3],
  ['workspace:^4.2.0', 4],
  ['workspace:*', undefined],
  ['github:socketio/socket.io#v4.7.2', 4],
  ['git+https://example.com/a.git#semver:^2.1.0', 2],
  ['github:socketio/socket.io#main', undefined],
  ['file:../socket.io-4.8.1.tgz', 4],
  ['https://example.com/1.2.3/socket.io-2.5.0.tgz', 2],
  ['file:../socket.io', undefined],
  ['next', undefined],
])('%s is of major %s', (range, major) => expect(majorOf(range)).toBe(major));

it('an open range is no old server', async () => {
  const cwd = copyOf('eio-same');
  writeFileSync(path.join(cwd, 'package.json'), '{ "main": "server.js", "dependencies": { "socket.io": ">=2.0.0" } }');
  expect((await diagnose('.', { cwd, only: ['EIO_MISMATCH'] })).findings).toEqual([]);
});
