import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fixAndTry, type Tried } from '../../../src/doctor/fix-and-try.js';
import { diagnose, gatherFacts, reporters, rules, runRules, unfix } from '../../../src/doctor/index.js';
import type { TrialRun } from '../../../src/doctor/trial/run-trial.js';
import { cliHere } from '../../support/cli-here.js';
import { freePort } from '../../support/free-port.js';
import { appWith, namesIn, tryApp, webConfig } from './trial-app.js';

const port = await freePort();

function homeOf(): NodeJS.ProcessEnv {
  const home = mkdtempSync(path.join(os.tmpdir(), 'trial-home-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return { ...process.env, IISNODE_SOCK_HOME: home };
}

const fixedPort = (port: number): string =>
  `const http = require('node:http');\nhttp.createServer((q, r) => r.end('<p>here')).listen(${port});\n`;
const contentOf = (folder: string, name = 'server.js'): string => readFileSync(path.join(folder, name), 'utf8');

describe('--fix', () => {
  it('is tried: the app works after it, and the report names the file and the line', async () => {
    const folder = appWith({ 'server.js': fixedPort(port) });
    const environment = homeOf();
    const report = await tryApp(folder, { fix: true, keepsFormer: true, environment, runLimit: 8_000 });
    expect(report.trial).toMatchObject({ ran: true, outcome: 'works' });
    expect(report.summary).toMatchObject({ errors: 0, fixed: 1 });
    expect(report.changed).toMatchObject([{ file: path.join(folder, 'server.js'), lines: [2] }]);
    expect(reporters.text(report, undefined, folder)).toContain('\nchanged server.js: line 2\n');
    expect(contentOf(folder)).toContain(`listen(process.env.PORT || ${port})`);
    const fixed = contentOf(folder);
    const told = await unfix(folder, folder, environment, true);
    expect([told.dryRun, contentOf(folder)]).toEqual([true, fixed]);
    const { restored } = await unfix(folder, folder, environment);
    expect(told.restored).toEqual(restored);
    expect(restored).toEqual([path.join(folder, 'server.js')]);
    expect(contentOf(folder)).toBe(fixedPort(port));
    expect((await unfix(folder, folder, environment)).restored).toEqual([]);
  });

  it('shows the differences with --dry-run, tried in a copy, and changes nothing', async () => {
    const folder = appWith({ 'server.js': fixedPort(port) });
    const before = namesIn(folder);
    const report = await tryApp(folder, { fix: true, dryRun: true, runLimit: 8_000 });
    expect(report).toMatchObject({ target: folder, dryRun: true, trial: { outcome: 'works' } });
    const text = reporters.text(report, undefined, folder);
    expect(text).toContain('would change server.js: line 2\n--- server.js\n+++ server.js\n');
    expect(text).toMatch(
      new RegExp(`^-.*listen\\(${port}\\);\\n\\+.*listen\\(process\\.env\\.PORT \\|\\| ${port}\\);$`, 'm'),
    );
    expect(text).toContain('(1 would be fixed)');
    expect(text).toMatch(/\nnext: npx iisnode-sock doctor \S+ --fix\n$/);
    expect([namesIn(folder), contentOf(folder)]).toEqual([before, fixedPort(port)]);
  });

  it('changes nothing with --dry-run where links lead out of the copy, or in a circle', async () => {
    const folder = appWith({ 'conf/server.js': fixedPort(port), 'lib/lib.js': '' });
    symlinkSync('conf/server.js', path.join(folder, 'server.js'));
    symlinkSync('..', path.join(folder, 'lib', 'up'));
    symlinkSync('circle', path.join(folder, 'circle'));
    const report = await tryApp(folder, { fix: true, dryRun: true, run: false });
    expect(report.changed).toMatchObject([{ file: path.join(folder, 'server.js'), lines: [2] }]);
    expect(contentOf(folder)).toBe(fixedPort(port));
    expect(lstatSync(path.join(folder, 'server.js')).isSymbolicLink()).toBe(true);
  });

  it('is shown with --dry-run for a folder in another spelling, as on Windows', async () => {
    const folder = appWith({ 'App/server.js': fixedPort(port), 'App/web.config': webConfig() });
    const report = await diagnose('APP', { cwd: folder, fix: true, dryRun: true });
    expect(report.changed).toMatchObject([{ file: path.join(folder, 'App', 'server.js'), lines: [2] }]);
  });

  it('is undone in all files or in none', async () => {
    const folder = appWith({ 'server.js': fixedPort(port) });
    const environment = homeOf();
    await tryApp(folder, { fix: true, keepsFormer: true, environment, run: false });
    // A name so long that nothing fits beside it.
    const long = path.join(folder, 'l'.repeat(250));
    writeFileSync(long, 'now');
    const [name = ''] = readdirSync(path.join(String(environment.IISNODE_SOCK_HOME), 'fixes'));
    const record = path.join(String(environment.IISNODE_SOCK_HOME), 'fixes', name);
    const after = createHash('sha256').update('now').digest('hex');
    const known = JSON.parse(readFileSync(record, 'utf8')) as object[];
    writeFileSync(record, JSON.stringify([...known, { file: long, before: '', after }]));
    const fixed = contentOf(folder);
    await expect(unfix(folder, folder, environment)).rejects.toMatchObject({ code: 'FILE_NOT_WRITTEN' });
    expect(contentOf(folder)).toBe(fixed);
  });

  it('is not undone in a file that was changed since', async () => {
    const folder = appWith({ 'server.js': fixedPort(port) });
    const environment = homeOf();
    await tryApp(folder, { fix: true, keepsFormer: true, environment, run: false });
    const mine = `${contentOf(folder)}// mine\n`;
    writeFileSync(path.join(folder, 'server.js'), mine);
    await expect(unfix(folder, folder, environment)).rejects.toMatchObject({ code: 'FILE_CHANGED', exitCode: 1 });
    expect(contentOf(folder)).toBe(mine);
  });

  it('is undone to the first content after two fixes', async () => {
    const folder = appWith({ 'server.js': fixedPort(port) });
    const environment = homeOf();
    const fix = () => tryApp(folder, { fix: true, keepsFormer: true, environment, run: false });
    const config = webConfig();
    await fix();
    writeFileSync(path.join(folder, 'web.config'), config.replace('<webSocket enabled="false" />', ''));
    await fix();
    await unfix(folder, folder, environment);
    expect(contentOf(folder)).toBe(fixedPort(port));
  });
});

describe('a fix with which something fails that worked before', () => {
  const url = 'http://127.0.0.1:1/app/';
  const seen = { listens: [], failed: [], refused: [], exits: [], busy: 0 };
  const triedWith = (ok: boolean): Tried => {
    const step = {
      id: 'page',
      title: 'the page',
      method: 'GET',
      url,
      ok,
      status: 200,
      startedAt: 0,
      ms: 1,
      seen: 'x',
    } as const;
    const run: TrialRun = {
      url,
      ms: 1,
      patience: 1,
      listensOn: 'pipe',
      events: [],
      steps: [step],
      seen,
      sources: undefined,
      apphost: undefined,
    };
    return { report: { ran: true, ms: 1, url, outcome: ok ? 'works' : 'fails' }, run, diagnoses: [], skipped: 0 };
  };

  it('is rolled back and reported, and those of other rules are kept', async () => {
    const config = webConfig().replace('<webSocket enabled="false" />', '');
    const server = `const http = require('node:http').createServer((q, r) => r.end('x'));
new (require('socket.io').Server)(http, { path: '/app/socket.io' });
http.listen(${port});\n`;
    const declared = '{ "dependencies": { "socket.io": "4" } }';
    const cwd = appWith({ 'web.config': config, 'server.js': server, 'package.json': declared });
    const examine = () => {
      const facts = gatherFacts('.', { cwd });
      return { facts, result: runRules(rules, facts) };
    };
    // Not what happens, but what could: with the edit of the server the page fails.
    const isEdited = (): boolean => contentOf(cwd) !== server;
    const result = await fixAndTry({ first: examine(), examine, tryApp: async () => triedWith(!isEdited()) });
    expect(result.worse).toEqual({ rules: ['FIXED_PORT'], because: 'the page worked before and fails after it' });
    expect(result.applied).toEqual(['WEBSOCKET_MODULE_ENABLED']);
    expect(contentOf(cwd)).toBe(server);
    expect(contentOf(cwd, 'web.config')).toContain('<webSocket enabled="false" />');
    expect([...result.former.keys()]).toEqual([path.join(cwd, 'web.config')]);
  });

  it('is rolled back as well when the trial is interrupted', async () => {
    const cwd = appWith({ 'server.js': fixedPort(port) });
    const examine = () => {
      const facts = gatherFacts('.', { cwd });
      return { facts, result: runRules(rules, facts) };
    };
    const isFixed = (): boolean => contentOf(cwd) !== fixedPort(port);
    const work = fixAndTry({
      first: examine(),
      examine,
      tryApp: () => (isFixed() ? Promise.reject(new Error('stop')) : Promise.resolve(triedWith(true))),
    });
    await expect(work).rejects.toThrow('stop');
    expect(contentOf(cwd)).toBe(fixedPort(port));
  });
});

describe('the command', () => {
  it('fixes, names what it changed, and restores it', async () => {
    const cwd = appWith({ 'server.js': fixedPort(port) });
    const environment = { IISNODE_SOCK_HOME: String(homeOf().IISNODE_SOCK_HOME) };
    const fixed = await cliHere(['doctor', '.', '--fix', '--no-run'], { cwd, environment });
    expect(fixed).toMatchObject({ code: 0, stdout: expect.stringContaining('changed server.js: line 2\n') });
    const undone = await cliHere(['doctor', '.', '--unfix', '--json'], { cwd, environment });
    expect(JSON.parse(undone.stdout)).toEqual({ version: 1, target: '.', restored: [path.join(cwd, 'server.js')] });
    expect(contentOf(cwd)).toBe(fixedPort(port));
  });

  it.each([
    ['a folder that is not there', ['nowhere', '--unfix'], 'DIRECTORY_NOT_FOUND'],
    ['a URL', ['http://127.0.0.1:1/', '--unfix'], 'DIRECTORY_NOT_FOUND'],
    ['what --fix is to change', ['.', '--unfix', '--fix'], 'UNFIX_WITH_FIX'],
  ])('restores nothing in %s, and says so', async (_, args, code) => {
    const environment = { IISNODE_SOCK_HOME: String(homeOf().IISNODE_SOCK_HOME) };
    const ended = await cliHere(['doctor', ...args], { cwd: appWith({}), environment });
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(`error ${code} `) });
  });

  it('has --dry-run for --fix and --unfix alone', async () => {
    const { code, stderr } = await cliHere(['doctor', '.', '--dry-run'], { cwd: appWith({}) });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('DRY_RUN_WITHOUT_FIX') });
  });
});
