import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeApp } from '../deploy/support.js';
import { temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';
import { installPackages } from '../support/install-packages.js';
import { type ScaffoldedApp, scaffolded } from '../support/scaffolded.js';
import { served } from '../templates/real-app.js';

let app: ScaffoldedApp;
let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  app = await scaffolded('dante', { path: '/' });
  rmSync(path.join(app.folder, 'node_modules'));
  installPackages(app.folder, ['socket.io']);
});
afterAll(async () => {
  app.remove();
  await remove();
});

const run = (...args: string[]) =>
  cliHere(args, { cwd: folder, environment: { IISNODE_SOCK_HOME: path.join(folder, 'iis') } });

function unpack(zip: string, to: string): void {
  for (const [name, content] of Object.entries(unzipSync(readFileSync(zip)))) {
    mkdirSync(path.dirname(path.join(to, name)), { recursive: true });
    writeFileSync(path.join(to, name), content);
  }
}

describe('deploy --to FILE.zip', () => {
  it('writes a package that runs, and leaves the one of the same app as it is', async () => {
    const zip = path.join(folder, 'app.zip');
    const first = await run('deploy', app.folder, '--to', 'app.zip');
    expect({ code: first.code, said: first.stderr.includes('APP_') }).toEqual({ code: 0, said: false });
    expect(first.stdout).toMatch(/^package written to .*app\.zip\nfill in: az webapp deploy .*--src-path /);
    const { mtimeMs, ino } = statSync(zip);
    const second = await run('deploy', app.folder, '--to', 'app.zip', '--json');
    expect(JSON.parse(second.stdout)).toMatchObject({ version: 1, target: 'zip', changed: false, file: zip, exit: 0 });
    expect(statSync(zip)).toMatchObject({ mtimeMs, ino });

    const there = path.join(folder, 'unpacked');
    unpack(zip, there);
    expect(readdirSync(there)).toEqual(expect.arrayContaining(['node_modules', 'server-socketio.js', 'web.config']));
    const { url } = await served(there, '/');
    const answer = await fetch(new URL('socket.io/socket.io.js', url));
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('Socket.IO')]);
  });

  it('says what an app at a vdir path needs there', async () => {
    const { code, stdout } = await run('deploy', makeApp({ vdirPath: '/dante' }), '--to', 'mapped.zip');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^note: .* \/dante: .*virtual application.* --path \/$/m),
    ]);
  });

  it('writes nothing in a dry run', async () => {
    const { code, stdout } = await run('deploy', app.folder, '--to', 'dry.zip', '--dry-run');
    expect({ code, there: existsSync(path.join(folder, 'dry.zip')) }).toEqual({ code: 0, there: false });
    expect(stdout).toMatch(/dry\.zip: \d+ files, /);
  });

  it('leaves the packages out with --install-on-server', async () => {
    expect((await run('deploy', app.folder, '--to', 'small.zip', '--install-on-server')).code).toBe(0);
    const names = Object.keys(unzipSync(readFileSync(path.join(folder, 'small.zip'))));
    expect(names).toContain('package.json');
    expect(names.filter((name) => name.includes('node_modules'))).toEqual([]);
  });

  it('packs nothing that deploy has written itself, whatever its name is now', async () => {
    const own = makeApp();
    const inApp = (name: string): string => path.join(own, name);
    for (const name of ['x.bat', 'über.ps1', 'old.zip'])
      expect((await run('deploy', own, '--to', inApp(name))).code, name).toBe(0);
    renameSync(inApp('x.bat'), inApp('install.cmd'));
    for (const name of ['install.before.txt', 'install.files.list', 'install.undo.app.acl'])
      writeFileSync(inApp(name), '');
    // Of the app, although the names are alike.
    for (const name of ['start.bat', 'start.before.txt', 'install.before.md', 'installer.before.txt', 'assets.zip'])
      writeFileSync(inApp(name), 'of the app');
    expect((await run('deploy', own, '--to', 'own.zip')).code).toBe(0);
    const names = Object.keys(unzipSync(readFileSync(path.join(folder, 'own.zip'))));
    expect(names.filter((name) => /\.(bat|cmd|ps1|zip|txt|list|acl|md)$/.test(name))).toEqual([
      'assets.zip',
      'install.before.md',
      'installer.before.txt',
      'start.bat',
      'start.before.txt',
    ]);
  });

  it('does not put the package into itself when it is written into the app, nor what a killed one has left', async () => {
    const inside = path.join(app.folder, 'out.zip');
    const left = path.join(app.folder, `.out.zip.${randomUUID()}.tmp`);
    writeFileSync(left, 'a part');
    for (const _time of [1, 2]) expect((await run('deploy', app.folder, '--to', inside)).code).toBe(0);
    expect(Object.keys(unzipSync(readFileSync(inside))).filter((name) => /out\.zip/.test(name))).toEqual([]);
    for (const file of [inside, left]) rmSync(file);
  });

  it.each([
    ['a file that deploy has not written', ['--to', 'own.zip'], 'FILE_EXISTS'],
    ['a folder of that name', ['--to', 'folder.zip'], 'FILE_EXISTS'],
    ['a folder that is not there', ['--to', 'nowhere/app.zip'], 'ZIP_FOLDER_NOT_FOUND'],
    ['a port', ['--to', 'x.zip', '--port', '80'], 'PORT_NOT_OURS'],
    ['releases', ['--to', 'x.zip', '--releases'], 'RELEASES_NOT_THERE'],
    ['an expectation', ['--to', 'x.zip', '--expect', '/=200'], 'EXPECT_NOT_CHECKED'],
    ['--install-on-server for another target', ['--to', 'embedded', '--install-on-server'], 'INSTALL_NOT_THERE'],
  ])('refuses %s', async (_what, args, error) => {
    writeFileSync(path.join(folder, 'own.zip'), 'PK\u0003\u0004 of somebody');
    mkdirSync(path.join(folder, 'folder.zip'), { recursive: true });
    const { code, stderr } = await run('deploy', app.folder, ...args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(`error ${error}  `) });
    expect(readFileSync(path.join(folder, 'own.zip'), 'utf8')).toBe('PK\u0003\u0004 of somebody');
    expect(existsSync(path.join(folder, 'x.zip'))).toBe(false);
  });

  it('refuses an app with a package that is not installed, and --install-on-server without a package.json', async () => {
    const bare = path.join(folder, 'bare');
    mkdirSync(bare, { recursive: true });
    for (const name of ['web.config', 'package.json', 'server-socketio.js', 'inferno.js', 'index.html'])
      if (existsSync(path.join(app.folder, name)))
        writeFileSync(path.join(bare, name), readFileSync(path.join(app.folder, name)));
    const missing = await run('deploy', bare, '--to', 'bare.zip', '--force');
    expect({ code: missing.code, stderr: missing.stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('APP_NOT_PACKABLE'),
    });
    rmSync(path.join(bare, 'package.json'));
    const nothing = await run('deploy', bare, '--to', 'bare.zip', '--install-on-server', '--force');
    expect(nothing.stderr).toContain('NO_PACKAGE_JSON');
    expect(existsSync(path.join(folder, 'bare.zip'))).toBe(false);
  });

  it('cannot be undone by undeploy', async () => {
    const { code, stderr } = await run('undeploy', app.folder, '--to', 'app.zip');
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('UNDEPLOY_FROM_ZIP') });
  });
});
