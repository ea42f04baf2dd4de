import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { folderWith, talk } from '../scaffold/workspace.js';
import { init } from '../support/init.js';

const app = {
  'package.json': '{"main":"server.js"}',
  'server.js': "require('http').createServer((q, s) => s.end('page')).listen(process.env.PORT);\n",
};
const fixOf = async (directory: string, rule: string, options: object = {}): Promise<string | undefined> =>
  (await diagnose('.', { cwd: directory, ...options })).findings.find((finding) => finding.rule === rule)?.fix;

it('an empty web.config: init writes a new one once it is removed', async () => {
  const directory = folderWith({ ...app, 'web.config': '' });
  expect(await fixOf(directory, 'MALFORMED_XML')).toContain('or remove it and let `npx iisnode-sock init` write');
  await expect(init({ directory }, talk())).rejects.toMatchObject({ code: 'WEB_CONFIG_INVALID' });
  rmSync(path.join(directory, 'web.config'));
  expect(await init({ directory }, talk())).toMatchObject({ entry: 'server.js' });
});

it('an empty web.config: its root element is enough', async () => {
  const directory = folderWith({ ...app, 'web.config': '' });
  writeFileSync(path.join(directory, 'web.config'), '<configuration></configuration>');
  expect(await init({ directory }, talk())).toMatchObject({ entry: 'server.js' });
});

it('another vdir path, with a blank: the command can be pasted', async () => {
  const directory = folderWith(app);
  await init({ directory, path: '/' }, talk());
  const fix = await fixOf(directory, 'VDIR_PATH_MISMATCH', { vdirPath: '/a b', path: '/a b' });
  expect(fix).toBe('npx iisnode-sock init . --path "/a b", or --path / here');
});
