import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeployOptions, deploy, listReleases, rollback, undeploy } from '../../../src/deploy/index.js';
import { atServer } from '../../../src/deploy/over-ssh/at-server.js';
import { statusOverSsh } from '../../../src/deploy/over-ssh/commands.js';
import { readSshAddress } from '../../../src/ssh/index.js';
import { environmentOf, launcher, temporaryFolder } from '../../support/cli.js';
import { freePort } from '../../support/free-port.js';
import { startWindowsSshd, type WindowsSshd } from '../../support/windows-sshd.js';
import { type WindowsRun, windowsNode, windowsPath } from '../windows-node.js';
import { startWindowsServer, type WindowsServer } from './windows-server.js';

let folder: string;
let remove: () => Promise<void>;
let server: WindowsServer;
let sshd: WindowsSshd;
let serve: WindowsRun;
let app: string;
let to: string;
let environment: NodeJS.ProcessEnv;
let base: string;

const said: string[] = [];
const options = (others: Partial<DeployOptions> = {}): DeployOptions => ({
  directory: app,
  to,
  releases: 2,
  releasesDirectory: windowsPath(base),
  environment,
  ...others,
});
const run = (others: Partial<DeployOptions> = {}) => {
  said.length = 0;
  return deploy(options(others), ({ title, phase, note }) => void said.push(`${phase} ${title} ${note ?? ''}`));
};
const configuration = (): string => readFileSync(server.applicationHostFile, 'utf8');
/** Command lines that change the server. */
const changes = (): string[] =>
  server.calls
    .filter(({ args: [first, second] }) => first !== 'list' && second !== undefined && second !== '/save')
    .map(({ commandLine }) => commandLine);
/** Everything of the releases but the journal and what the app has written. */
const released = (): string[] =>
  existsSync(base)
    ? readdirSync(base, { recursive: true, encoding: 'utf8' })
        .filter((name) => !/journal\.jsonl$|\.lock$|-std(?:out|err)-\d+\.txt$/.test(name))
        .sort()
    : [];

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  server = await startWindowsServer(folder, { port: await freePort() });
  const node = windowsPath(path.dirname(process.env.NODE_WIN ?? ''));
  const withNode = { ...server, environment: { ...server.environment, WINEPATH: node } };
  sshd = await startWindowsSshd(folder, withNode);
  environment = environmentOf({
    IISNODE_SOCK_HOME: path.join(folder, 'own-home'),
    PATH: `${sshd.programs}:${process.env.PATH}`,
  });
  app = path.join(folder, 'Größe & Söhne (x86) 100% ^a!b 👋');
  base = path.join(folder, 'Größe 100% & releases ^a!b');
  const words = ['init', app, '--template', 'minimal', '--path', '/größe', '--no-install'];
  expect(spawnSync(process.execPath, [launcher, ...words], { env: environment }).status).toBe(0);
  const npm = spawnSync('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: app });
  expect(npm.status, String(npm.stderr)).toBe(0);
  to = `${sshd.url}/Default%20Web%20Site/${encodeURIComponent('größe')}`;
  // The IIS whose configuration appcmd.exe changes.
  serve = windowsNode(
    [
      ...[windowsPath(launcher), 'serve', windowsPath(folder), '--port', String(server.port)],
      ...['--apphost', windowsPath(server.applicationHostFile)],
    ],
    { folder, name: 'serve', environment: server.environment },
  );
  await serve.until(/Listening on (http:\S+)/);
}, 180_000);

afterAll(async () => {
  serve?.child.kill('SIGTERM');
  await serve?.ended();
  await sshd?.close();
  await server?.close();
  await remove();
});

describe('deploy --to ssh://, with a real sshd and cmd.exe', () => {
  it('brings the app live in one connection and one command', async () => {
    const result = await run();
    expect(result).toMatchObject({ target: 'ssh', changed: true, probe: { ok: true } });
    expect(result.url).toBe(`http://127.0.0.1:${server.port}/gr%C3%B6%C3%9Fe/`);
    expect(said.join('\n')).toContain(`from this machine ${result.url} answers with 200`);
    expect([sshd.connections(), sshd.commands().length]).toEqual([1, 1]);
    expect(configuration()).toContain(`releases\\${result.plan.release?.id}`);
  });

  it('has nothing to do a second time: one connection, no file, and no change', async () => {
    const before = configuration();
    server.calls.length = 0;
    const result = await run();
    expect(result).toMatchObject({ changed: false, probe: { ok: true } });
    expect(result.sentBytes).toBeLessThan(3_000);
    expect(sshd.connections()).toBe(2);
    expect(changes()).toEqual([]);
    // The rights of two folders, and two states; chcp is asked for names outside ASCII.
    const programs = server.calls.map(({ program }) => program).filter((program) => program !== 'chcp.com');
    expect(programs.sort()).toEqual(['appcmd.exe', 'appcmd.exe', 'icacls.exe', 'icacls.exe']);
    expect(configuration()).toBe(before);
  });

  it('sends the file that has changed, and goes back from here', async () => {
    appendFileSync(path.join(app, 'server.js'), '\n// the second release\n');
    server.calls.length = 0;
    const second = await run();
    expect(said.join('\n')).toMatch(/\(send 1 file, /);
    expect(second.sentBytes).toBeLessThan(4_000);
    // No look at the server: what it would say is as in the record.
    const programs = server.calls.map(({ program }) => program).filter((program) => program !== 'chcp.com');
    expect(programs.sort()).toEqual([...Array(4).fill('appcmd.exe'), ...Array(4).fill('icacls.exe')]);
    const address = { directory: app, to, environment };
    const list = await listReleases(address);
    expect(list.releases.map(({ live }) => live)).toEqual([true, false]);
    const back = await rollback(address);
    expect(back).toMatchObject({ target: 'ssh', changed: true, plan: { release: { id: second.plan.release?.from } } });
    expect(await statusOverSsh({ to: sshd.url, environment })).toEqual([
      expect.objectContaining({ path: '/größe', release: second.plan.release?.from }),
    ]);
  });

  it('a connection that is cut while the plan runs is undone there, and asked about', async () => {
    const before = [configuration(), released()];
    server.intervene = ({ program, args }) => {
      if (program === 'appcmd.exe' && args[0] === 'recycle') {
        server.intervene = undefined;
        sshd.cut();
      }
      return undefined;
    };
    await expect(run()).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      what: expect.stringContaining('everything done before was undone there'),
    });
    expect([configuration(), released()]).toEqual(before);
  });

  it('carries any text as it is', async () => {
    const texts = hostileTexts(10_000);
    const { result } = await atServer(readSshAddress(to), { command: 'echo', texts }, { environment });
    expect(result).toEqual(texts);
  });

  it('undeploy removes it from here', async () => {
    expect(await undeploy({ directory: app, to, environment })).toMatchObject({ changed: true, target: 'ssh' });
    expect((await server.appcmd('list', 'app')).stdout).toBe(
      'APP "Default Web Site/" (applicationPool:DefaultAppPool)\n',
    );
    expect(released().filter((name) => name.includes('server.js'))).toEqual([]);
  });
});

/** Texts with what shells, code pages and JSON read in their own way. */
function hostileTexts(count: number): string[] {
  const pieces = [
    '%PATH%',
    '"',
    "'",
    '`',
    '$(id)',
    '$env:X',
    '&',
    '|',
    '<',
    '>',
    '^',
    '!x!',
    '\\',
    '\\"',
    '\r\n',
    '\0',
    '\u0085',
    '\u2028',
  ];
  const more = [
    'ö',
    'ß',
    '👋',
    '\ud800',
    ' ',
    ';',
    '(',
    ')',
    '{',
    '}',
    '[',
    ']',
    '\x1b[31m',
    '\x03',
    '\x1a',
    '日本',
    '-',
    '/',
    '@',
    '#',
    '*',
    '?',
  ];
  const all = [...pieces, ...more];
  let seed = 1300;
  const next = (): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed;
  };
  return Array.from({ length: count }, () =>
    Array.from({ length: next() % 12 }, () => all[next() % all.length] ?? '').join(''),
  );
}
