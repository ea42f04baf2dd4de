import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { openHome, stopBackgroundHost } from '../../src/host/index.js';
import { fakeSsh } from '../ssh/fake-ssh.js';
import { catchAll } from '../support/catch-all.js';
import { type CliResult, temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';

let app: string;
let home: string;
const run = (...args: string[]): Promise<CliResult> =>
  cliHere(args, { cwd: app, environment: { IISNODE_SOCK_HOME: home } });

const targets = (value: unknown): void =>
  writeFileSync(
    path.join(app, 'package.json'),
    JSON.stringify({ name: 'app', 'iisnode-sock': { targets: value } }, null, 2),
  );

const server = (text: string): void =>
  writeFileSync(
    path.join(app, 'server.js'),
    `require('node:http').createServer((q, s) => s.end('${text}')).listen(process.env.PORT); console.log('${text}');`,
  );

beforeEach(async () => {
  const made = await temporaryFolder();
  app = path.join(made.folder, 'app');
  home = path.join(made.folder, 'home');
  mkdirSync(app);
  writeFileSync(path.join(app, 'web.config'), catchAll());
  server('one');
  onTestFinished(async () => {
    await stopBackgroundHost(openHome({ IISNODE_SOCK_HOME: home }));
    await made.remove();
  });
});

it('deploy NAME deploys to each server of the target, with its options; flags win', async () => {
  targets({
    production: { to: ['a.bat', 'b.zip'], path: '/chat', pool: 'of-file' },
    other: {},
  });
  const listed = await run('deploy', '--list-targets');
  expect(listed.stdout).toBe(
    `production  package.json:5\n  to ${path.join(app, 'a.bat')}\n  to ${path.join(app, 'b.zip')}\n  path: "/chat", pool: "of-file"\nother  package.json:13\n  to the default server of this machine\n`,
  );
  const asked = await run('deploy', '--list-targets', '--json');
  expect(JSON.parse(asked.stdout)).toMatchObject({ version: 1, targets: [{ name: 'production', line: 5 }, {}] });

  const dry = await run('deploy', 'production', '--dry-run', '--json');
  expect(JSON.parse(dry.stdout)).toMatchObject({ servers: [{ outcome: 'done', dryRun: true }, {}], exit: 0 });
  expect(existsSync(path.join(app, 'a.bat'))).toBe(false);
  const both = await run('deploy', 'production', '--pool', 'of-flag', '--json');
  expect(both, both.stderr).toMatchObject({ code: 0 });
  expect(JSON.parse(both.stdout)).toMatchObject({
    version: 1,
    target: 'production',
    servers: [
      {
        server: path.join(app, 'a.bat'),
        outcome: 'done',
        changed: true,
        plan: { vdirPath: '/chat', poolName: 'of-flag' },
        exit: 0,
      },
      { server: path.join(app, 'b.zip'), outcome: 'done', file: path.join(app, 'b.zip') },
    ],
    warnings: [],
    exit: 0,
  });
  expect(readFileSync(path.join(app, 'a.bat'), 'latin1')).toContain('/name:of-flag');
  const one = await run('deploy', '--target', 'production', '--to', 'c.bat');
  expect(one, one.stderr).toMatchObject({ code: 0, stdout: `commands written to ${path.join(app, 'c.bat')}\n` });
  expect(readFileSync(path.join(app, 'c.bat'), 'latin1')).toContain('/name:of-file');
  const typed = await run('deploy', '--to', 'c.bat', '--to', 'd.bat', '--path', '/chat', '--pool', 'of-file');
  expect(typed.stdout).toMatch(/^✔ c\.bat {2}nothing to do\n✔ d\.bat {2}done\nFrom zero to divine on 2 servers in /m);
  const other = JSON.parse((await run('deploy', 'production', '--check', '--json')).stdout);
  expect(other, 'with another pool').toMatchObject({
    servers: [{ error: { code: 'FILE_EXISTS' } }, { ready: true }],
    exit: 2,
  });
  const checked = await run('deploy', 'production', '--pool', 'of-flag', '--check', '--json');
  expect(JSON.parse(checked.stdout)).toMatchObject({ servers: [{ ready: true, exit: 0 }, { ready: true }], exit: 0 });
});

it('a failure puts the others back, and each server has its result', async () => {
  targets({ production: { to: ['a.bat', 'embedded'], site: 'Nowhere', parallel: 1 } });
  const failed = await run('deploy', 'production', '--json');
  expect(failed.code).toBe(2);
  const document = JSON.parse(failed.stdout);
  expect(document.servers.map(({ outcome, exit }: { outcome: string; exit: number }) => [outcome, exit])).toEqual([
    ['undone', 0],
    ['failed', 2],
  ]);
  expect(document).toMatchObject({ servers: [{}, { server: 'embedded', error: { code: 'SITE_NOT_FOUND' } }], exit: 2 });
  expect(existsSync(path.join(app, 'a.bat'))).toBe(false);
  const kept = await run('deploy', 'production', '--keep-going', '--parallel', '2');
  expect(kept.code).toBe(2);
  expect(kept.stdout).toContain(`✔ ${path.join(app, 'a.bat')}  done\n✖ embedded  failed, and as it was before\n`);
  expect(kept.stderr).toContain('embedded: error SITE_NOT_FOUND');
});

it.each([
  [['deploy', 'prodction'], 'TARGET_NOT_FOUND', 'next: npx iisnode-sock deploy production\n'],
  [['deploy', '--target', 'staging'], 'TARGET_NOT_FOUND', 'It has production, both.'],
  [['deploy', 'both'], 'TARGET_OR_FOLDER', '--target both'],
  [['undeploy', 'both'], 'TARGET_OR_FOLDER', `.${path.sep}both`],
  [['releases', 'production'], 'NOT_DEPLOYED', ''],
  [['rollback', 'production'], 'NOT_DEPLOYED', ''],
  [['releases', '--target', 'both'], 'RELEASES_UNKNOWN', 'x.bat'],
  [['rollback', '--to', 'p.ps1'], 'RELEASES_UNKNOWN', 'p.ps1'],
  [['rollback', '20261129-071500-1a2b3c4d', '--to', 'p.zip'], 'RELEASES_UNKNOWN', 'p.zip'],
  [['rollback', 'nosuch', '20261129'], 'TARGET_NOT_FOUND', ''],
  [['logs', 'elsewhere'], 'TARGET_NOT_FOUND', ''],
])('%j: %s', async (args, code, text) => {
  targets({ production: { to: 'embedded', path: '/chat' }, both: { to: 'x.bat' } });
  mkdirSync(path.join(app, 'both'));
  const refused = await run(...args, ...(args[1] === 'elsewhere' ? ['--target', 'elsewhere'] : []));
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toContain(`error ${code}  `);
  expect(refused.stderr).toContain(text);
});

it('says that options for several servers have no effect with one', async () => {
  targets({ production: { to: 'one.bat', parallel: 2 } });
  const note = 'i --parallel and --keep-going are for several servers: this deployment has one\n';
  expect((await run('deploy', 'production')).stderr).not.toContain(note);
  for (const option of [['--parallel', '3'], ['--keep-going']]) {
    const { code, stderr } = await run('deploy', 'production', ...option);
    expect({ code, said: stderr.includes(note) }).toEqual({ code: 0, said: true });
  }
});

it('undeploy of a script says how that kind of script is run', async () => {
  expect((await run('undeploy', '--to', 'my app.bat')).stderr).toContain(
    'next: on that server, in an elevated prompt: "my app.bat" undo\n',
  );
  expect((await run('undeploy', '--to', 'my app.ps1')).stderr).toContain(
    'prompt: powershell -ExecutionPolicy Bypass -File "my app.ps1" undo\n',
  );
});

it('names the line of a target that is wrong; where another one is meant it is a warning', async () => {
  targets({ production: { to: 'x.bat' }, staging: { relases: 5 } });
  const refused = await run('deploy', 'staging');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain(`in ${path.join(app, 'package.json')}, line 9\n  Did you mean "releases"?\n`);
  const said =
    '! TARGETS_INVALID  the target "staging" has an option "relases", which deploy does not have  package.json:9\n    Did you mean "releases"?\n    fix: correct that line\n';
  const done = await run('deploy', 'production');
  expect(done, done.stderr).toMatchObject({ code: 0, stderr: expect.stringContaining(said) });
  const listed = await run('deploy', '--list-targets', '--json');
  expect(listed).toMatchObject({ code: 0, stderr: expect.stringContaining(said) });
  expect(JSON.parse(listed.stdout).targets).toMatchObject([{ name: 'production' }]);
  expect((await run('status', 'production')).stderr).not.toContain('TARGETS_INVALID');
  expect(await run('doctor', '--no-run', '--only', 'FILE_UNREADABLE')).toMatchObject({ code: 0 });
});

it('says once what is wrong with the servers of the other targets, and does what is asked', async () => {
  targets({
    production: { to: 'x.bat' },
    moon: { to: ['embeded', 'ssh://ann@web1/'] },
    far: { to: 'azure://my_app' },
    away: { to: 'ssh://-x/' },
  });
  const said = (stderr: string) => stderr.match(/^! \w+ {2}the target .*$/gm);
  const file = 'package.json';
  const wanted = [
    `! UNKNOWN_TARGET  the target "moon": "embeded" is not a target  ${file}:8`,
    `! AZURE_ADDRESS  the target "far": --to azure://my_app does not name an app of App Service  ${file}:14`,
    `! BAD_SSH_ADDRESS  the target "away": ssh://-x/ is no address of a server  ${file}:17`,
  ];
  const done = await run('deploy', 'production', '--json');
  expect(done, done.stderr).toMatchObject({ code: 0 });
  expect(said(done.stderr)).toEqual(wanted);
  const { warnings } = JSON.parse(done.stdout);
  expect(warnings).toMatchObject([{ code: 'UNKNOWN_TARGET', line: 8 }, { line: 14 }, { line: 17 }]);
  for (const args of [
    ['production', '--check'],
    ['--list-targets'],
    ['production', '--to', 'a.bat', '--to', 'b.bat'],
  ]) {
    const other = await run('deploy', ...args);
    expect(other, other.stderr).toMatchObject({ code: 0 });
    expect(said(other.stderr), args.join(' ')).toEqual(wanted);
  }
  targets({ production: { to: 'x.bat' }, right: { to: ['iis', 'ssh://web1/', 'azure://app', 'iisexpress'] } });
  expect(said((await run('deploy', 'production')).stderr)).toBeNull();
});

it('undeploy, rollback, releases and logs take the name of a target', async () => {
  targets({ local: { to: ['embedded'], releases: 2, verify: false, path: '/chat', port: 0 } });
  const first = await run('deploy', 'local');
  expect(first, first.stderr).toMatchObject({ code: 0 });
  const url = /^http:\S+$/m.exec(first.stdout)?.[0] ?? '';
  server('two');
  expect(await run('deploy', 'local')).toMatchObject({ code: 0 });
  expect(await (await fetch(url)).text()).toBe('two');
  const { releases } = JSON.parse((await run('releases', 'local', '--json')).stdout);
  expect(releases).toHaveLength(2);
  const { id } = releases.find(({ live }: { live: boolean }) => !live);
  const back = await run('rollback', 'local', id, '--no-verify');
  expect(back, back.stderr).toMatchObject({ code: 0 });
  expect(await (await fetch(url)).text()).toBe('one');
  expect((await run('logs', 'local')).stdout).toContain('one');
  expect((await run('undeploy', 'local')).stdout).toContain('removed the application /chat');
});

it('status NAME shows each server of the target', async () => {
  targets({
    farm: { to: ['ssh://web1/A', 'ssh://web2/A'], path: '/chat' },
    here: { to: 'embedded' },
    nothing: {},
    script: { to: 'a.bat' },
    twice: { to: 'ssh://web1/A/chat', path: '/other' },
  });
  const { environment } = fakeSsh();
  const farm = await cliHere(['status', 'farm', '--json'], { cwd: app, environment });
  const failed = (server: string) =>
    expect.objectContaining({ server, error: expect.objectContaining({ code: 'SERVER_NOT_WINDOWS' }) });
  expect(JSON.parse(farm.stdout)).toMatchObject({ servers: ['ssh://web1/A', 'ssh://web2/A'].map(failed), exit: 1 });
  for (const args of [['here'], ['--target', 'here'], ['nothing']])
    expect(JSON.parse((await run('status', ...args, '--json')).stdout)).toMatchObject({ home, host: null });
  for (const [name, code] of [
    ['script', 'STATUS_NOT_THERE'],
    ['twice', 'SSH_PLACE_TWICE'],
    ['frm', 'TARGET_NOT_FOUND'],
  ] as const)
    expect(await run('status', name), name).toMatchObject({ code: 2, stderr: expect.stringContaining(code) });
});
