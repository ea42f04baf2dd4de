import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openHome, stopBackgroundHost } from '../../src/host/index.js';
import { catchAll } from '../support/catch-all.js';
import { type CliResult, temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';
import { freePort } from '../support/free-port.js';

let folder: string;
let home: string;
const run = (...args: string[]): Promise<CliResult> =>
  cliHere(args, { cwd: folder, environment: { IISNODE_SOCK_HOME: home } });
beforeEach(async () => {
  const made = await temporaryFolder();
  folder = made.folder;
  home = path.join(folder, 'home');
  onTestFinished(async () => {
    await stopBackgroundHost(openHome({ IISNODE_SOCK_HOME: home }));
    await made.remove();
  });
});

/** An app that answers every URL with its name. */
function makeApp(name: string): string {
  const app = path.join(folder, name);
  mkdirSync(app);
  writeFileSync(path.join(app, 'web.config'), catchAll());
  const server = `require('node:http').createServer((q, s) => s.end('${name}')).listen(process.env.PORT);`;
  writeFileSync(path.join(app, 'server.js'), server);
  return name;
}

const deploy = (app: string, ...more: string[]): Promise<CliResult> =>
  run('deploy', app, '--to', 'embedded', '--no-verify', ...more);
const textAt = async (port: number, at: string): Promise<string> =>
  (await fetch(`http://127.0.0.1:${port}${at}`)).text();
const config = (): string => readFileSync(path.join(home, 'applicationHost.config'), 'utf8');

describe('deploy --port', () => {
  it('does not move a site on which another app is: it names that app, and what it says to do works', {
    timeout: 180_000,
  }, async () => {
    const [one, two] = [await freePort(), await freePort()];
    expect(await deploy(makeApp('a'), '--port', String(one))).toMatchObject({ code: 0 });
    makeApp('b');
    const before = config();
    const refused = await deploy('b', '--port', String(two));
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain(
      `error PORT_MOVES_SITE  --port ${two} would move /a (${path.join(folder, 'a')}) away from port ${one}\n`,
    );
    expect(config()).toBe(before);
    expect(await textAt(one, '/a/')).toBe('a');

    const [, command = ''] =
      /create a separate site: npx iisnode-sock (.*), and deploy with --site b /.exec(refused.stderr) ?? [];
    const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
    expect(await run(...words)).toMatchObject({ code: 0 });
    expect(await deploy('b', '--site', 'b')).toMatchObject({ code: 0 });
    expect([await textAt(one, '/a/'), await textAt(two, '/b/')]).toEqual(['a', 'b']);

    // The other way: the port that the site has.
    expect(await run('undeploy', 'b')).toMatchObject({ code: 0 });
    expect(await deploy('b', '--port', String(one))).toMatchObject({ code: 0 });
    expect(await textAt(one, '/b/')).toBe('b');
    expect(await deploy(makeApp('c'))).toMatchObject({ code: 0 });
    expect(await textAt(one, '/c/')).toBe('c');
  });

  it('moves a site on which no other app is', async () => {
    const [one, two] = [await freePort(), await freePort()];
    makeApp('a');
    expect(await deploy('a', '--port', String(one))).toMatchObject({ code: 0 });
    expect(await deploy('a', '--port', String(two))).toMatchObject({ code: 0 });
    expect(await textAt(two, '/a/')).toBe('a');
    await expect(textAt(one, '/a/')).rejects.toThrow();
  });

  it('refuses the port of another site', async () => {
    const port = await freePort();
    await run('appcmd', 'add', 'site', '/name:Other', `/bindings:http/127.0.0.1:${port}:`, `/physicalPath:${folder}`);
    const before = config();
    const refused = await deploy(makeApp('a'), '--port', String(port));
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error PORT_OF_OTHER_SITE .*"Other"\n/m) });
    expect(config()).toBe(before);
  });

  it('says so when the site has to move because another program has its port', async () => {
    const port = await freePort();
    await deploy(makeApp('a'), '--port', String(port));
    await stopBackgroundHost(openHome({ IISNODE_SOCK_HOME: home }));
    const other = createServer((socket) => socket.destroy());
    onTestFinished(() => void other.close());
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    const moved = await deploy(makeApp('b'));
    expect(moved.code).toBe(0);
    const note = `another program uses port ${port}: "Default Web Site" moves to (\\d+), and with it /a \\(${path.join(folder, 'a')}\\)`;
    const [, to = ''] = new RegExp(note).exec(moved.stderr) ?? [];
    expect([await textAt(Number(to), '/a/'), await textAt(Number(to), '/b/')]).toEqual(['a', 'b']);
  });

  it.each([
    ['a .ps1', ['--to', 'p.ps1']],
    ['a .bat', ['--to', 'p.bat', '--dry-run']],
    ['IIS', ['--to', 'iis', '--dry-run']],
  ])('is refused, not dropped, for %s', async (_what, args) => {
    makeApp('a');
    const refused = await run('deploy', 'a', ...args, '--port', '8123');
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^error PORT_NOT_OURS /m) });
    expect(readdirSync(folder)).toEqual(['a']);
  });
});

describe('deploy --to a script', () => {
  it.each([
    ['in a folder that is not there', 'nodir/out.ps1', 'SCRIPT_FOLDER_NOT_FOUND'],
    ['below a file', 'a/server.js/out.bat', 'SCRIPT_FOLDER_NOT_FOUND'],
    ['that is a folder', 'folder.ps1', 'FILE_NOT_REGULAR'],
    ['that says something else', 'other.bat', 'FILE_EXISTS'],
  ])('%s is refused, and nothing is written', async (_what, to, code) => {
    makeApp('a');
    mkdirSync(path.join(folder, 'folder.ps1'));
    writeFileSync(path.join(folder, 'other.bat'), 'echo off');
    for (const option of [[], ['--check'], ['--dry-run']]) {
      const refused = await run('deploy', 'a', '--to', to, ...option);
      expect(refused).toMatchObject({ code: 2, stdout: '' });
      expect(refused.stderr).toMatch(new RegExp(`^error ${code} {2}\\S.*\\n {2}\\S.*\\n {2}next: \\S.*\\n$`, 'm'));
      expect(refused.stderr, 'no step is shown before').not.toContain('Bind the site');
    }
    expect(readdirSync(folder).sort()).toEqual(['a', 'folder.ps1', 'other.bat']);
  });
});

describe('serve --apphost', () => {
  it.each([
    ['--path', '/x'],
    ['--app', '/x=.'],
  ])('with %s is refused: only the file says where apps are', async (...option) => {
    const refused = await run('serve', '.', '--apphost', 'x.config', ...option);
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^error OPTION_NOT_USED /) });
  });
});
