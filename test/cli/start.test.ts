import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { processExists } from '../../src/files/index.js';
import { cli, root, temporaryFolder } from '../support/cli.js';

const program = path.join(root, 'bin', 'start.mjs');
const start = (...args: string[]) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });

it('npm start -- --help prints how it is used', () => {
  expect(start('--help')).toMatchObject({ status: 0, stderr: '', stdout: expect.stringMatching(/^Usage: npm start/) });
});

it.each([[['--bogus']], [['--port']], [['--port', 'eighty']], [['--port', '65536']], [['word']]])(
  'npm start -- %j is refused with three lines and exit code 2',
  (args) => {
    expect(start(...args)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^error USAGE {2}\S.*\n {2}\S.*\n {2}next: \S.*\n$/),
    });
  },
);

it('npm start takes away what a killed one left, and nothing that has an owner', async () => {
  const { folder, remove } = await temporaryFolder();
  try {
    const stale = path.join(folder, 'iisnode-sock-start-killed');
    const app = path.join(stale, 'dante');
    const home = { IISNODE_SOCK_HOME: path.join(stale, 'iis') };
    await mkdir(app, { recursive: true });
    const gone = spawnSync(process.execPath, ['--version']).pid;
    await writeFile(path.join(stale, 'owner.pid'), String(gone));
    await writeFile(path.join(app, 'server.js'), "require('http').createServer().listen(process.env.PORT);\n");
    await writeFile(
      path.join(app, 'web.config'),
      '<configuration><system.webServer><handlers><add name="n" path="server.js" verb="*" modules="iisnode"/></handlers></system.webServer></configuration>',
    );
    const deploy = ['deploy', app, '--to', 'embedded', '--port', '0', '--no-verify'];
    expect(await cli(deploy, { environment: home })).toMatchObject({ code: 0 });
    const { pid } = JSON.parse(await readFile(path.join(stale, 'iis', 'host.json'), 'utf8')) as { pid: number };
    const owned = path.join(folder, 'iisnode-sock-start-owned');
    await mkdir(owned);
    await writeFile(path.join(owned, 'owner.pid'), String(process.pid));
    // Without a registry it ends by itself when it has swept.
    spawnSync(process.execPath, [program, '--no-open'], {
      env: { ...process.env, TMPDIR: folder, TEMP: folder, npm_config_offline: 'true', npm_config_cache: folder },
    });
    expect(processExists(pid)).toBe(false);
    expect(await readdir(folder)).not.toContain('iisnode-sock-start-killed');
    expect(existsSync(owned)).toBe(true);
  } finally {
    await remove();
  }
});
