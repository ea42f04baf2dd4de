import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { launcher, temporaryFolder } from '../support/cli.js';
import { cliHere, serveHere } from '../support/cli-here.js';

let folder: string;
let app: string;
beforeEach(async () => {
  const made = await temporaryFolder();
  onTestFinished(made.remove);
  folder = made.folder;
  chmodSync(folder, 0o755);
  app = path.join(folder, 'app');
  mkdirSync(app);
  writeFileSync(
    path.join(app, 'web.config'),
    '<configuration><system.webServer><handlers><add name="n" path="server.js" verb="*" modules="iisnode"/></handlers></system.webServer></configuration>',
  );
  writeFileSync(path.join(app, 'server.js'), "require('http').createServer().listen(process.env.PORT);\n");
});

interface Ran {
  readonly code: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (args: readonly string[], home: string): Promise<Ran> =>
  cliHere(args, { cwd: app, environment: { IISNODE_SOCK_HOME: home } });

/** Runs it in a process of its own; one that hangs is killed, and says so in its code. */
function start(args: readonly string[], home: string, options: { readonly uid?: number } = {}): Promise<Ran> {
  const { NO_COLOR: _n, FORCE_COLOR: _f, ...environment } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [launcher, ...args],
      {
        cwd: app,
        env: { ...environment, IISNODE_SOCK_HOME: home },
        timeout: 180_000,
        killSignal: 'SIGKILL',
        ...options,
      },
      (error, stdout, stderr) => resolve({ code: error ? (error.code ?? error.signal ?? null) : 0, stdout, stderr }),
    );
  });
}

const threeLines = (code: string): RegExp => new RegExp(`^error ${code} {2}\\S.*\\n {2}\\S.*\\n {2}next: \\S.*\\n$`);

const commands: readonly (readonly string[])[] = [
  ['deploy', '.', '--to', 'embedded', '--no-verify'],
  ['deploy', '.', '--to', 'embedded', '--dry-run'],
  ['undeploy', '.'],
  ['undeploy', '--path', '/app'],
  ['status'],
  ['appcmd', 'list', 'site'],
  ['appcmd', 'add', 'apppool', '/name:P'],
];

/** Every command says the same; with `options` in processes of their own, at the same time. */
async function eachRefuses(
  code: string,
  each: readonly (readonly string[])[],
  home: string,
  options?: { readonly uid?: number },
): Promise<void> {
  const ran = await Promise.all(each.map((args) => (options ? start(args, home, options) : run(args, home))));
  expect(ran.map(({ code: exit, stderr }, index) => [each[index], exit, stderr])).toEqual(
    each.map((args) => [args, 2, expect.stringMatching(threeLines(code))]),
  );
}

/** Further ones: test/files/make-folder.test.ts. */
const homes: readonly [what: string, place: () => string, only?: NodeJS.Platform][] = [
  ['below /proc', () => '/proc/nope', 'linux'],
  ['below a file', () => path.join(app, 'server.js', 'home')],
  ['a link that leads nowhere', () => linkTo(path.join(folder, 'nowhere'))],
  ['of a path that is too long', () => path.join(folder, ...Array<string>(2000).fill('xx'))],
];

function linkTo(target: string): string {
  const link = path.join(folder, 'link');
  symlinkSync(target, link);
  return link;
}

it.each(homes.filter(([, , only]) => only === undefined || only === process.platform))(
  'a home that is %s is refused in three lines by every command that uses it, and nothing is made',
  { timeout: 180_000 },
  async (what, place) => {
    const home = place();
    const before = readdirSync(folder, { recursive: true });
    await eachRefuses('HOME_NOT_WRITABLE', commands, home, what === 'below a file' ? {} : undefined);
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  },
);

it('logs and serve work without a home that can be created', async () => {
  const home = path.join(app, 'server.js', 'home');
  expect(await run(['logs', '.'], home)).toMatchObject({ code: 0, stderr: expect.stringContaining('no log yet') });
  const served = await serveHere(['.', '--port', '0'], { cwd: app, environment: { IISNODE_SOCK_HOME: home } });
  expect(await served.stop()).toBe(0);
});

it('a home that is no absolute path is refused by every command that uses it', async () => {
  await eachRefuses('BAD_HOME', commands, 'relative');
});

describe.runIf(process.platform !== 'win32')('a home that this user may not write to', () => {
  // root may write everywhere, so that the program is run as nobody there.
  const options = process.getuid?.() === 0 ? { uid: 65_534 } : {};

  it('is refused where it is to be made', async () => {
    const parent = path.join(folder, 'theirs');
    mkdirSync(parent, { mode: 0o555 });
    await eachRefuses('HOME_NOT_WRITABLE', commands, path.join(parent, 'home'), options);
  });

  it('can be looked at when it is there, but not changed', async () => {
    const home = path.join(folder, 'home');
    expect(await run(['appcmd', 'add', 'apppool', '/name:P'], home)).toMatchObject({ code: 0 });
    chmodSync(path.join(home, 'applicationHost.config'), 0o444);
    chmodSync(home, 0o555);
    onTestFinished(() => chmodSync(home, 0o755));
    const look = await start(['status'], home, options);
    expect(look).toMatchObject({ code: 0, stdout: expect.stringContaining('Default Web Site') });
    expect(await start(['appcmd', 'list', 'apppool'], home, options)).toMatchObject({ code: 0 });
    const changing = [
      ['deploy', '.', '--to', 'embedded', '--no-verify'],
      ['deploy', '.', '--to', 'embedded', '--check'],
      ['appcmd', 'add', 'apppool', '/name:Q'],
    ];
    await eachRefuses('HOME_NOT_WRITABLE', changing, home, options);
  });
});

describe.runIf(process.platform !== 'win32')('a disk that is full', () => {
  /** Runs the program where no file can grow beyond 8 KB. */
  async function withSmallDisk(args: readonly string[], home: string): Promise<Ran> {
    const shell = `trap '' XFSZ; ulimit -f 16; exec "$0" "$@"`;
    const child = spawn('sh', ['-c', shell, process.execPath, launcher, ...args], {
      env: { ...process.env, IISNODE_SOCK_HOME: home },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => {
      stderr += text.toString();
    });
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout: '', stderr };
  }

  it('while the home is made leaves nothing half written', async () => {
    const home = path.join(folder, 'home');
    const ran = await withSmallDisk(['appcmd', 'list', 'site'], home);
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringMatching(threeLines('HOME_NOT_WRITABLE')) });
    expect(readdirSync(home).sort()).toEqual(['logs', 'wwwroot']);
  });

  it('while a change is written leaves the old file whole, and no temporary one', async () => {
    const home = path.join(folder, 'home');
    await run(['appcmd', 'list', 'site'], home);
    const before = readFileSync(path.join(home, 'applicationHost.config'), 'utf8');
    const ran = await withSmallDisk(['appcmd', 'add', 'apppool', '/name:P'], home);
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringMatching(threeLines('FILE_NOT_WRITTEN')) });
    expect(readFileSync(path.join(home, 'applicationHost.config'), 'utf8')).toBe(before);
    expect(readdirSync(home).sort()).toEqual(['applicationHost.config', 'logs', 'wwwroot']);
  });

  it('while an app is deployed leaves everything as it was', async () => {
    const home = path.join(folder, 'home');
    await run(['appcmd', 'list', 'site'], home);
    const before = readFileSync(path.join(home, 'applicationHost.config'), 'utf8');
    const ran = await withSmallDisk(['deploy', app, '--to', 'embedded', '--port', '0', '--no-verify'], home);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/everything done before was undone/);
    expect(readFileSync(path.join(home, 'applicationHost.config'), 'utf8')).toBe(before);
    expect(readdirSync(home).filter((name) => /tmp|lock/.test(name))).toEqual([]);
  });
});
