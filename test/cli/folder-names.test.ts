import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { testFolder } from '../files/folder.js';
import { launcher, runToEnd } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';

const webConfig =
  '<configuration><system.webServer><handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" />' +
  '</handlers></system.webServer></configuration>';

function appIn(folder: string): string {
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'web.config'), webConfig);
  writeFileSync(path.join(folder, 'package.json'), '{ "main": "server.js" }');
  writeFileSync(
    path.join(folder, 'server.js'),
    "require('http').createServer((q, s) => s.end()).listen(process.env.PORT);",
  );
  return folder;
}

const commands: readonly (readonly string[])[] = [
  ['doctor'],
  ['init', '--no-install'],
  ['trace', '/', '--dir'],
  ['capacity', '--viewers', '10', '--dir'],
  ['serve', '--port', '0'],
  ['deploy', '--to', 'embedded', '--dry-run'],
];

describe.runIf(process.platform !== 'win32')('a folder with a control character in its name', () => {
  it.each(commands)('is no bug of %s', async (...command) => {
    const folder = appIn(path.join(testFolder(), 'a\u001b[31mb'));
    const before = readdirSync(folder);
    const { code, stderr } = await cliHere([...command, folder]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('FOLDER_NAME_UNUSABLE') });
    expect(stderr).toContain('a\\u001b[31mb\n');
    expect(stderr).not.toContain('\u001b');
    expect(readdirSync(folder)).toEqual(before);
  });

  it('is not made by init', async () => {
    const folder = path.join(testFolder(), 'a\u0007b');
    const { code, stderr } = await cliHere(['init', folder, '--template', 'minimal', '--no-install']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('FOLDER_NAME_UNUSABLE') });
    expect(existsSync(folder)).toBe(false);
  });

  it.each(['a\nb', 'a\tb', 'quote"\'`$(x)', '%PATH%', 'n'.repeat(255), 'ä'.repeat(120), '#?&;', '\u{1f600}', '-dash'])(
    'is no matter where XML can hold it: %j',
    async (name) => {
      const folder = appIn(path.join(testFolder(), name));
      const { code, stdout } = await cliHere(['doctor', '.', '--format', 'json'], { cwd: folder });
      expect({ code, findings: JSON.parse(stdout).findings }).toEqual({ code: 0, findings: [] });
    },
  );
});

// macOS takes no such names.
describe.runIf(process.platform === 'linux')('a folder whose name is no UTF-8', () => {
  it.each(commands)('is no bug of %s, as the current one', async (...command) => {
    const parent = Buffer.from(`${testFolder()}/`);
    const folder = Buffer.concat([parent, Buffer.from([0x61, 0xff, 0xfe])]);
    mkdirSync(folder);
    // Only a shell can change into it for us.
    const script = `cd a* && exec "$0" "$@"`;
    const { code, stderr } = await runToEnd('/bin/sh', ['-c', script, process.execPath, launcher, ...command, '.'], {
      cwd: parent.toString(),
    });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('CURRENT_FOLDER_UNUSABLE') });
    expect(readdirSync(parent).length).toBe(1);
    rmdirSync(folder);
  });

  it('is not mistaken for another by init', async () => {
    const parent = testFolder();
    const script = `exec "$0" "$@" "$(printf 'a\\377')"`;
    const args = ['-c', script, process.execPath, launcher, 'init', '--template', 'minimal', '--no-install'];
    const { code, stderr } = await runToEnd('/bin/sh', args, { cwd: parent });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('FOLDER_NAME_UNUSABLE') });
    expect(readdirSync(parent)).toEqual([]);
  });
});

describe.runIf(process.platform === 'linux')('a current folder that was removed', () => {
  it.each(['doctor', 'init', 'status', 'logs', 'serve'])('is what %s says', async (command) => {
    const parent = testFolder();
    const script = `mkdir gone && cd gone && rmdir ../gone && exec "$0" "$@"`;
    const { code, stderr } = await runToEnd('/bin/sh', ['-c', script, process.execPath, launcher, command], {
      cwd: parent,
    });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('CURRENT_FOLDER_GONE') });
  });
});
