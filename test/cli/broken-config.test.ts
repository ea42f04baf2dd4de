import { execFile } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { processExists } from '../../src/files/index.js';
import { openHome, stopBackgroundHost } from '../../src/host/index.js';
import { launcher, temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';

interface Ran {
  readonly code: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

// root may read everything, so that the program is run as nobody there.
const user: { readonly uid?: number } = process.getuid?.() === 0 ? { uid: 65_534 } : {};

interface Deployed {
  readonly app: string;
  readonly config: string;
  readonly pid: number;
  run(...args: string[]): Promise<Ran>;
}

/** An app on a background host that runs; as nobody where rights count, in processes of their own. */
async function deployed(as: typeof user = {}): Promise<Deployed> {
  const { folder, remove } = await temporaryFolder();
  chmodSync(folder, 0o777);
  const home = path.join(folder, 'home');
  const environment = { ...process.env, IISNODE_SOCK_HOME: home };
  onTestFinished(async () => {
    await stopBackgroundHost(openHome(environment));
    await remove();
  });
  const app = path.join(folder, 'app');
  mkdirSync(app);
  chmodSync(app, 0o777);
  const handlers = '<handlers><add name="n" path="server.js" verb="*" modules="iisnode" /></handlers>';
  writeFileSync(
    path.join(app, 'web.config'),
    `<configuration><system.webServer>${handlers}</system.webServer></configuration>`,
  );
  writeFileSync(path.join(app, 'server.js'), "require('node:http').createServer().listen(process.env.PORT);");
  const run = (...args: string[]): Promise<Ran> => {
    if (as.uid === undefined) return cliHere(args, { cwd: folder, environment });
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [launcher, ...args],
        { env: environment, cwd: folder, ...as },
        (error, stdout, stderr) => resolve({ code: error ? (error.code ?? null) : 0, stdout, stderr }),
      );
    });
  };
  expect(await run('deploy', app, '--to', 'embedded', '--port', '0', '--no-verify')).toMatchObject({ code: 0 });
  const { pid } = JSON.parse(readFileSync(path.join(home, 'host.json'), 'utf8')) as { pid: number };
  return { app, config: path.join(home, 'applicationHost.config'), pid, run };
}

type Case = readonly [what: string, spoil: (file: string) => void];
const anywhere: readonly Case[] = [
  ['is not well-formed', (file) => writeFileSync(file, '<configuration>\n<a>\n</configuration>')],
  ['is empty', (file) => writeFileSync(file, '')],
  ['is binary', (file) => writeFileSync(file, Buffer.from([0, 255, 1, 254, 60, 33, 0]))],
  ['is no XML at all', (file) => writeFileSync(file, 'hello')],
  [
    'is a folder',
    (file) => {
      rmSync(file);
      mkdirSync(file);
    },
  ],
];
const denied: Case = ['cannot be read', (file) => chmodSync(file, 0)];
const cases = process.platform === 'win32' ? anywhere : [...anywhere, denied];

/** The one line that undeploy says beside what it does. */
const assumed = expect.stringMatching(/^path \/app: the app deployed from this folder; .*"Default Web Site".*\n$/);

describe.each(cases)('when applicationHost.config %s', (what, spoil) => {
  it('status shows the host and what is wrong, and undeploy stops the host; once it is fixed, the app goes too', {
    timeout: 180_000,
  }, async () => {
    const { app, config, pid, run } = await deployed(what === denied[0] ? user : {});
    const good = `${config}.good`;
    writeFileSync(good, readFileSync(config));
    spoil(config);

    const seen = await run('status');
    expect(seen).toMatchObject({ code: 0, stderr: '' });
    expect(seen.stdout).toMatch(new RegExp(`^running {2}pid ${pid}, since `));
    expect(seen.stdout).toMatch(/^problem .*applicationHost\.config/m);
    expect(seen.stdout).toMatch(/^listens {6}http:\/\/127\.0\.0\.1:\d+ {2}Default Web Site$/m);
    expect(seen.stdout).toContain(`deployed     /app of Default Web Site  ${app}`);
    const document = JSON.parse((await run('status', '--json')).stdout) as Record<string, unknown>;
    expect(document).toMatchObject({
      host: { pid },
      sites: [],
      deployed: [{ path: '/app', directory: app }],
      problems: [{ what: expect.stringContaining('applicationHost.config') }],
    });

    expect(await run('logs', app)).toMatchObject({ code: 0 });

    const gone = await run('undeploy', app);
    expect(gone).toMatchObject({ code: 1, stdout: '' });
    expect(gone.stderr).toMatch(
      /^error \S+ {2}\/app of "Default Web Site" cannot be removed; the embedded IIS was stopped\n/,
    );
    expect(gone.stderr.trimEnd().split('\n')).toHaveLength(3);
    for (const { stdout, stderr } of [seen, gone]) expect(stdout + stderr).not.toMatch(/<ERROR|<appcmd|INTERNAL/);
    expect(processExists(pid)).toBe(false);
    expect((await run('status')).stdout).toMatch(/^not running/);

    // Again: it is stopped already, and still cannot be removed.
    expect((await run('undeploy', app)).stderr).toMatch(/cannot be removed\n/);

    rmSync(config, { recursive: true });
    renameSync(good, config);
    const fixed = await run('undeploy', app);
    expect(fixed).toMatchObject({ code: 0, stderr: assumed });
    expect(fixed.stdout).toContain('removed the application /app of "Default Web Site"');
    expect((await run('status')).stdout).not.toContain('/app');
  });
});

it('when applicationHost.config is missing, status shows the host, and undeploy stops it', {
  timeout: 180_000,
}, async () => {
  const { app, config, pid, run } = await deployed();
  rmSync(config);
  expect((await run('status')).stdout).toMatch(new RegExp(`^running {2}pid ${pid}, since `));
  const gone = await run('undeploy', app);
  expect(gone).toMatchObject({ code: 0, stderr: assumed, stdout: expect.stringContaining('stopped the embedded IIS') });
  expect(processExists(pid)).toBe(false);
});

it('when deployments.json is spoilt, status says so; without it, undeploy by path stops the host', {
  timeout: 180_000,
}, async () => {
  const { app, config, pid, run } = await deployed();
  const records = path.join(path.dirname(config), 'deployments.json');
  writeFileSync(records, '{"a":');
  const seen = await run('status');
  expect(seen).toMatchObject({ code: 0, stdout: expect.stringMatching(/^problem .*deployments\.json/m) });
  expect(seen.stdout).toContain('application  /app');
  expect(await run('undeploy', app)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error RECORDS_UNREADABLE .*\n.*\n {2}next: .*move it away/),
  });
  rmSync(records);
  expect(await run('undeploy', '--path', '/app')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('stopped'),
  });
  expect(processExists(pid)).toBe(false);
});

describe.runIf(process.platform !== 'win32')('when the home takes no writes', () => {
  it('undeploy of the last app stops the host, and once there is room, the app goes too', {
    timeout: 180_000,
  }, async () => {
    const { app, config, pid, run } = await deployed(user);
    const home = path.dirname(config);
    chmodSync(home, 0o500);
    onTestFinished(() => chmodSync(home, 0o700));
    const gone = await run('undeploy', app);
    expect(gone).toMatchObject({ code: 1, stdout: '' });
    expect(gone.stderr).toMatch(
      /^error HOME_NOT_WRITABLE {2}\/app of "Default Web Site" cannot be removed; the embedded IIS was stopped\n/,
    );
    expect(gone.stderr.trimEnd().split('\n')).toHaveLength(3);
    expect(processExists(pid)).toBe(false);
    expect((await run('undeploy', app)).stderr).toMatch(/cannot be removed\n/);
    chmodSync(home, 0o700);
    expect(await run('undeploy', app)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('removed the application /app'),
    });
    expect((await run('status')).stdout).toMatch(/^not running/);
  });

  it('undeploy of one of two apps leaves the host to the other one', async () => {
    const { app, config, pid, run } = await deployed(user);
    const other = path.join(path.dirname(app), 'other');
    cpSync(app, other, { recursive: true });
    expect(await run('deploy', other, '--to', 'embedded', '--no-verify')).toMatchObject({ code: 0 });
    const home = path.dirname(config);
    chmodSync(home, 0o500);
    onTestFinished(() => chmodSync(home, 0o700));
    const gone = await run('undeploy', app);
    expect(gone.stderr).toMatch(/^error HOME_NOT_WRITABLE {2}cannot use /);
    expect((await run('status')).stdout).toMatch(new RegExp(`^running {2}pid ${pid}, `));
  });
});

it.runIf(process.platform === 'linux')(
  'a host that hangs is shown, and ended by undeploy',
  { timeout: 180_000 },
  async () => {
    const { app, pid, run, config } = await deployed();
    process.kill(pid, 'SIGSTOP');
    expect((await run('status')).stdout).toMatch(new RegExp(`^does not answer {2}pid ${pid}: `));
    const again = await run('deploy', app, '--to', 'embedded', '--no-verify');
    expect(again).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`error HOST_HANGS  the background host (process ${pid})`),
    });
    expect(await run('undeploy', app)).toMatchObject({ code: 0 });
    expect(processExists(pid)).toBe(false);
    expect(existsSync(path.join(path.dirname(config), 'host.lock'))).toBe(false);
  },
);
