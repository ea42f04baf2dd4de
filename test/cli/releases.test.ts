import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { openHome, stopBackgroundHost } from '../../src/host/index.js';
import { catchAll } from '../support/catch-all.js';
import { type CliResult, temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';

let folder: string;
let home: string;
const run = (...args: string[]): Promise<CliResult> =>
  cliHere(args, { cwd: folder, environment: { IISNODE_SOCK_HOME: home } });

beforeEach(async () => {
  const made = await temporaryFolder();
  folder = made.folder;
  home = path.join(folder, 'home');
  mkdirSync(path.join(folder, 'app'));
  writeFileSync(path.join(folder, 'app', 'web.config'), catchAll());
  edit("require('node:http').createServer((q, s) => s.end('one')).listen(process.env.PORT);");
  onTestFinished(async () => {
    await stopBackgroundHost(openHome({ IISNODE_SOCK_HOME: home }));
    await made.remove();
  });
});

const edit = (server: string): void => writeFileSync(path.join(folder, 'app', 'server.js'), server);
const config = (): string => readFileSync(path.join(home, 'applicationHost.config'), 'utf8');

it.each([
  [['deploy', 'app', '--releases', '0'], 'BAD_VALUE', 2],
  [['deploy', 'app', '--releases', '3', '--in-place'], 'RELEASES_AND_IN_PLACE', 2],
  [['deploy', 'app', '--releases', '--to', 'app.bat'], 'RELEASES_NOT_THERE', 2],
  [['deploy', 'app', '--to', 'embedded', '--releases-dir', path.join('app', 'kept')], 'RELEASES_IN_APP', 2],
  [['rollback', '--dir', 'app'], 'NOT_DEPLOYED', 2],
  [['releases', 'app'], 'NOT_DEPLOYED', 2],
])('%j is refused before anything is changed', async (args, code, exit) => {
  const refused = await run(...args);
  expect(refused).toMatchObject({ code: exit, stdout: '' });
  expect(refused.stderr).toMatch(/^error [A-Z_]+ {2}\S.*\n {2}\S.*\n {2}next: \S.*\n$/m);
  if (code !== 'BAD_VALUE') expect(refused.stderr).toContain(`error ${code}  `);
});

it.runIf(process.platform !== 'win32').each(['undeploy', 'rollback', 'releases', 'status', 'logs'])(
  '%s --to iis says that there is none, whatever is deployed',
  async (command) => {
    const options = command === 'rollback' ? ['--dir', 'app'] : command === 'status' ? [] : ['app'];
    const { code, stdout, stderr } = await run(command, ...options, '--to', 'iis');
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^error IIS_NOT_FOUND {2}/),
    });
  },
);

it.each(['undeploy', 'rollback', 'releases', 'status', 'logs'])(
  '%s refuses a word that is no target at once',
  async (command) => {
    for (const to of ['moon', 'ftp://web1']) {
      const { code, stdout, stderr } = await run(command, '--to', to);
      expect({ code, stdout, stderr }).toEqual({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(/^error UNKNOWN_TARGET {2}/),
      });
    }
    expect(existsSync(home)).toBe(false);
  },
);

it('rollback of a word that is a folder says how the folder is named', async () => {
  const { code, stderr } = await run('rollback', 'app');
  expect([code, stderr]).toEqual([2, expect.stringContaining('  next: npx iisnode-sock rollback --dir app\n')]);
});

it.each(['rollback', 'releases'])('%s of what is served in place says how releases begin', async (command) => {
  expect((await run('deploy', 'app', '--to', 'embedded', '--port', '0', '--no-verify')).code).toBe(0);
  const { code, stderr } = await run(command, ...(command === 'rollback' ? ['--dir', 'app'] : ['app']));
  expect([code, stderr]).toEqual([1, expect.stringContaining('error NO_RELEASES  ')]);
  expect(stderr).toContain(`: npx iisnode-sock deploy ${path.join(folder, 'app')} --to embedded --releases\n`);
});

it('releases, rollback and --in-place go from copy to copy, and one that does not work is switched back', {
  timeout: 180_000,
}, async () => {
  const deploy = (...more: string[]): Promise<CliResult> => run('deploy', 'app', '--to', 'embedded', ...more);
  const first = await deploy('--port', '0', '--no-verify', '--releases');
  expect(first, first.stderr).toMatchObject({ code: 0 });
  expect(first.stdout).toMatch(/^deployed in \d+\.\d s; not checked \(--no-verify\)$/m);
  expect((await deploy('--no-verify')).stdout).toMatch(/^nothing to do; not checked \(--no-verify\)$/m);
  const url = /^http:\S+$/m.exec(first.stdout)?.[0] ?? '';
  const page = async (): Promise<string> => (await fetch(url)).text();
  expect(await page()).toBe('one');
  const none = (await run('rollback', '--dir', 'app')).stderr;
  expect(none).toContain('error NO_EARLIER_RELEASE  ');
  expect(none, 'no name would help').toContain('next: nothing can be rolled back to');
  const unknown = await run('rollback', 'nosuch', '--dir', 'app');
  expect(unknown).toMatchObject({ code: 2, stdout: '' });
  expect(unknown.stderr).toContain(`npx iisnode-sock releases ${path.join(folder, 'app')} shows more`);

  const before = [config(), readdirSync(path.join(home, 'apps', 'Default Web Site+app', 'releases'))];
  edit("throw new Error('the database is gone');");
  const broken = await deploy();
  expect(broken.code).toBe(1);
  expect(broken.stderr).toContain('the database is gone');
  expect([config(), readdirSync(path.join(home, 'apps', 'Default Web Site+app', 'releases'))]).toEqual(before);
  expect(await page()).toBe('one');

  edit("require('node:http').createServer((q, s) => s.end('two')).listen(process.env.PORT);");
  expect((await deploy('--no-verify')).stderr).toMatch(/^release \d{8}-\d{6}-\w{8}, /m);
  expect(await page()).toBe('two');
  const { stdout } = await run('releases', 'app', '--json');
  const list = JSON.parse(stdout);
  expect(list).toMatchObject({
    version: 1,
    keep: 5,
    releases: [{ live: true, count: 2 }, { live: false }],
    leftovers: [],
  });
  const ids = list.releases.map(({ id }: { id: string }) => id);
  const listed = await run('releases', 'app');
  expect(listed.stderr).toContain(`/app of "Default Web Site": the newest 5 are kept in ${list.base}`);
  expect(listed.stdout.split('\n')).toEqual([
    expect.stringMatching(new RegExp(`^\\* ${ids[0]} .* deploy by .*: done$`)),
    expect.stringMatching(new RegExp(`^ {2}${ids[1]} .* deploy by .*: done$`)),
    '',
  ]);
  const journal = readFileSync(path.join(list.base, 'journal.jsonl'), 'utf8').trim().split('\n');
  expect(journal.map((line) => JSON.parse(line).outcome)).toEqual(['done', 'undone', 'done']);

  const back = await run('rollback', ids[1], '--dir', 'app', '--no-verify', '--json');
  expect(JSON.parse(back.stdout)).toMatchObject({
    version: 1,
    changed: true,
    exit: 0,
    plan: { release: { id: ids[1] } },
  });
  expect(await page()).toBe('one');
  expect((await run('status')).stdout).toMatch(/rollback by .*: done/);

  expect((await deploy('--no-verify', '--in-place')).stderr).toContain(
    `in place: IIS serves ${path.join(folder, 'app')} itself`,
  );
  expect(await page()).toBe('two');
  const tree = (): unknown =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.(log|txt)$/.test(entry.name))
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [file, readFileSync(file, 'utf8')]);
  const here = tree();
  const dry = await run('undeploy', 'app', '--dry-run');
  expect(dry.code, dry.stderr).toBe(0);
  expect(tree()).toEqual(here);
  expect(await page()).toBe('two');
  expect(dry.stdout).toMatch(/^undeploy would remove \/app of "Default Web Site"; nothing is changed\n/);
  const gone = await run('undeploy', 'app');
  expect(gone.stdout).toContain('removed 2 releases in ');
  for (const line of gone.stdout.trim().split('\n')) expect(dry.stdout).toContain(`\n  ${line}\n`);
});
