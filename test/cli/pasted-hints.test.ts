import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { openHome, stopBackgroundHost } from '../../src/host/index.js';
import { quoteForShell } from '../../src/quoting.js';
import { catchAll } from '../support/catch-all.js';
import { type CliResult, temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';

let app: string;
let home: string;
const run = (...args: string[]): Promise<CliResult> =>
  cliHere(args, { cwd: path.dirname(app), environment: { IISNODE_SOCK_HOME: home } });

const server = (code: string): void =>
  writeFileSync(
    path.join(app, 'server.js'),
    `require('node:http').createServer((q, s) => { ${code} }).listen(process.env.PORT);`,
  );

const webConfig = (inside: string): void => writeFileSync(path.join(app, 'web.config'), catchAll(inside));

beforeEach(async () => {
  const made = await temporaryFolder();
  app = path.join(made.folder, 'app');
  home = path.join(made.folder, 'home');
  mkdirSync(app);
  server("s.end('one')");
  webConfig('');
  onTestFinished(async () => {
    await stopBackgroundHost(openHome({ IISNODE_SOCK_HOME: home }));
    await made.remove();
  });
});

it.each([['--to', 'embedded'], ['--check'], ['--to', 'x.zip', '--dry-run']])(
  'a finding about an app elsewhere has commands for its folder: %j',
  async (...args) => {
    webConfig('<appSettings><add key="virtualDirPath" value="/other" /></appSettings>');
    const { stdout, stderr } = await run('deploy', 'app', '--path', '/x', ...args);
    expect(stderr).toContain(`npx iisnode-sock init ${app} --path /x, or `);
    expect(stdout + stderr).not.toMatch(/iisnode-sock (init \.|doctor(?! \S*app ))/);
  },
);

it('an app that does not answer has commands for its folder, also after a rollback', async () => {
  const deployed = ['--to', 'embedded', '--port', '0', '--releases'];
  server('s.writeHead(503); s.end()');
  const failed = await run('deploy', 'app', ...deployed);
  expect(failed.code).toBe(1);
  const commands = (text: string): readonly string[] =>
    [...text.matchAll(/iisnode-sock (?:doctor|logs|trace URL)[^;,)\n]*/g)].map(([found]) => found);
  expect(commands(failed.stderr).filter((each) => !each.includes(app))).toEqual([]);

  expect((await run('deploy', 'app', ...deployed, '--no-verify')).code).toBe(0);
  server("s.end('two')");
  const done = await run('deploy', 'app', ...deployed.slice(0, 2));
  expect(done, done.stderr).toMatchObject({ code: 0 });
  expect(done.stderr).toContain(`(npx iisnode-sock releases ${app} lists those that are kept)\n`);
  const back = await run('rollback', '--dir', 'app');
  expect(back).toMatchObject({ code: 1 });
  expect(commands(back.stderr).filter((each) => !each.includes(app))).toEqual([]);

  await stopBackgroundHost(openHome({ IISNODE_SOCK_HOME: home }));
  const start = `npx iisnode-sock deploy ${app} --to embedded starts it\n`;
  expect((await run('status')).stdout).toContain(`not running  ${start}`);
});

it('a release that did not start, and is gone, has no hint that shows the logs of the one before', async () => {
  const deployed = ['--to', 'embedded', '--port', '0', '--releases'];
  server('process.exit(3)');
  const failed = await run('deploy', 'app', ...deployed, '--force');
  expect(failed).toMatchObject({ code: 1 });
  expect(failed.stdout + failed.stderr).not.toContain('iisnode-sock logs');
  expect(failed.stdout + failed.stderr).toContain(`npx iisnode-sock doctor ${app}`);
  const inPlace = await run('deploy', 'app', ...deployed.slice(0, -1), '--force');
  expect(inPlace.stdout + inPlace.stderr).toContain(`npx iisnode-sock logs ${app}`);
});

it('what is not deployed at a site and a path is deployed there by the command of the hint', async () => {
  const place = ['--to', 'embedded', '--site', 'Default Web Site', '--path', '/chat'];
  const { stderr } = await run('releases', 'app', ...place);
  expect(stderr).toContain(
    `  next: npx iisnode-sock deploy ${app} --to embedded --site "Default Web Site" --path /chat --releases\n`,
  );
});

it.each([
  [['serv', 'app'], 'serve app'],
  [['serve', 'app', '--prot', '3'], 'serve app --port 3'],
  [['serve', 'app', '--path', 'chat', '--port', '0'], 'serve app --path /chat --port 0'],
  [['serve', 'app', '--host', '192.0.2.1', '--port', '0'], 'serve app --port 0 --host 127.0.0.1'],
  [['serve', 'app', '--path=/x', '--apphost', 'none.config'], 'serve app --apphost none.config'],
  [['init', 'app', '--module', 'iisnod'], 'init app --module iisnode'],
  [['init', 'new app', '--template', 'dant'], 'init "new app" --template dante'],
  [['deploy', 'app', '--to', 'embeded', '--path', '/x'], 'deploy app --path /x --to embedded'],
  [
    ['deploy', 'app', '--to', 'embedded', '--site', 'defualt Web Site'],
    'deploy app --to embedded --site "Default Web Site"',
  ],
  [
    ['deploy', 'app', '--binding', 'chat', '--new-site', 'x'],
    `deploy app --new-site x --binding ${quoteForShell('http://*:8090')}`,
  ],
  [['doctor', 'app', '--dry-run'], 'doctor app --dry-run --fix'],
  [['doctor', 'http://127.0.0.1/', '--url', 'http://127.0.0.1/x'], 'doctor http://127.0.0.1/'],
  [['trace', '/a', '--dir', 'app', '--method', 'p@'], 'trace /a --dir app --method POST'],
  [['logs', 'app', '--site', 'x'], 'logs app'],
  [['status', '--watch', '--to', 'ssh://me@host'], 'status --to ssh://me@host'],
])('%j has the command that was meant', async (words, command) => {
  const { code, stderr } = await run(...words);
  expect(code).toBeGreaterThan(0);
  expect(stderr).toContain(`\n  next: npx iisnode-sock ${command}\n`);
});

it('a port that is taken has the command with another', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void taken.close());
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const { stderr } = await run('serve', 'app', `--port=${port}`, '--quiet');
  expect(stderr).toMatch(/^error PORT_TAKEN .*\n.*\n {2}next: npx iisnode-sock serve app --quiet --port 0\n/m);
});
