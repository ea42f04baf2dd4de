import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { copyOf } from './expect-codes.js';

it('no advice hides the folder that the entry point itself is in', async () => {
  const cwd = copyOf('everything-right');
  const file = path.join(cwd, 'web.config');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('"server.js"', '"dist/server.js"'));
  mkdirSync(path.join(cwd, 'dist', 'routes'), { recursive: true });
  const server = readFileSync(path.join(cwd, 'server.js'), 'utf8');
  renameSync(path.join(cwd, 'server.js'), path.join(cwd, 'dist', 'server.js'));
  writeFileSync(
    path.join(cwd, 'dist', 'server.js'),
    `${server}require('./chat.js'); require('./routes/a.js'); require('./routes/server.js');\n`,
  );
  for (const name of ['chat.js', 'routes/a.js', 'routes/server.js']) writeFileSync(path.join(cwd, 'dist', name), '');
  const { findings } = await diagnose('.', { cwd });
  expect(findings.map(({ rule, fix }) => [rule, fix])).toEqual([
    ['SERVER_SOURCE_EXPOSED', '<hiddenSegments><add segment="chat.js" /><add segment="routes" /></hiddenSegments>'],
  ]);
});
