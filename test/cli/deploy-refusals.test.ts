import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';

const handler = '<add name="x" path="server.js" verb="*" modules="iisnode" />';

it.each([
  ['an entry that stands twice', `<handlers>${handler}\n${handler}</handlers>`, 'DUPLICATE_ENTRY', 4],
  ['an attribute nobody knows', `<handlers>${handler}</handlers>\n<webSocket enable="false" />`, 'CONFIG_ERROR', 4],
  ['a name in the wrong case', `<handlers>${handler}</handlers>\n<websocket enabled="false" />`, 'CONFIG_ERROR', 4],
  [
    'a setting iisnode does not know',
    `<handlers>${handler}</handlers>\n<iisnode stdoutLogEnabled="true" />`,
    'CONFIG_ERROR',
    4,
  ],
  ['a section the server may lock', `<handlers>${handler}</handlers>\n<asp />`, undefined, undefined],
  ['a section of a module the server may have', `<handlers>${handler}</handlers>\n<other />`, undefined, undefined],
])('deploy --dry-run refuses what IIS will refuse, but with --force: %s', async (_what, sections, code, line) => {
  const { folder, remove } = await temporaryFolder();
  onTestFinished(remove);
  const file = path.join(folder, 'web.config');
  await writeFile(file, `<configuration>\n<system.webServer>\n${sections}\n</system.webServer>\n</configuration>\n`);
  await writeFile(path.join(folder, 'server.js'), '');
  const args = ['deploy', folder, '--to', 'embedded', '--dry-run', '--path', '/a', '--json'];
  const environment = { IISNODE_SOCK_HOME: path.join(folder, 'iis') };
  const ran = await cliHere(args, { cwd: folder, environment });
  if (code === undefined) {
    expect([ran.code, JSON.parse(ran.stdout).warnings]).toEqual([0, []]);
    return;
  }
  expect([ran.code, JSON.parse(ran.stdout)]).toMatchObject([1, { error: { code: 'APP_HAS_ERRORS' } }]);
  expect(ran.stderr).toMatch(
    new RegExp(`! ${code}  [^]*web\\.config:${line}[^]*(IIS answers 500\\.19|gets? 500\\.1000)`),
  );
  const { warnings } = JSON.parse((await cliHere([...args, '--force'], { cwd: folder, environment })).stdout);
  const why = expect.stringMatching(/IIS answers 500\.19|gets? 500\.1000/);
  expect(warnings).toMatchObject([{ code, file, line, why }]);
});
