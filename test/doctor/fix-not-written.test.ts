import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { reporters } from '../../src/doctor/index.js';
import { launcher } from '../support/cli.js';
import { freePort } from '../support/free-port.js';
import { appWith, tryApp, webConfig } from './trial/trial-app.js';

const fixedPort = `require('socket.io')(require('node:http').createServer().listen(${await freePort()}), { path: '/app/socket.io' });\n`;
const webSocketOn = (entry: string): string => webConfig(entry).replace('enabled="false"', 'enabled="true"');
const contentsOf = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => name !== 'node_modules')
      .map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
  );

/** Also for root: the file that is written first, beside it, would have a name that is too long. */
const unwritable = `${'e'.repeat(230)}.js`;

describe('--fix where a file cannot be written', () => {
  it('fixes the other files, and says of that one which rules need it, and why', async () => {
    const folder = appWith({
      'web.config': webSocketOn(unwritable),
      [unwritable]: fixedPort,
    });
    const report = await tryApp(folder, { fix: true, run: false });
    const found = report.findings.map(({ rule }) => rule);
    expect(found).toContain('FIXED_PORT');
    expect(found).not.toContain('WEBSOCKET_MODULE_ENABLED');
    expect(report.changed).toMatchObject([{ file: path.join(folder, 'web.config') }]);
    expect(report.notWritten).toEqual([
      {
        file: path.join(folder, unwritable),
        rules: expect.arrayContaining(['FIXED_PORT']),
        why: expect.stringContaining('ENAMETOOLONG'),
        next: expect.any(String),
      },
    ]);
    const said = reporters.text(report, undefined, folder).replace(/\s+/g, ' ');
    expect(said).toMatch(/The fix for FIXED_PORT\b.* was not written: cannot write e{230}\.js\. .*ENAMETOOLONG/);
    expect(said).toMatch(/ first: check the path and its permissions, and run the command again $/);
    expect(JSON.parse(reporters.json(report)).notWritten).toHaveLength(1);
  });

  it('leaves the files as they were, and says all findings, where --unfix could not undo it', async () => {
    const folder = appWith({ 'web.config': webSocketOn('server.js'), 'server.js': fixedPort });
    const home = mkdtempSync(path.join(os.tmpdir(), 'fix-home-'));
    onTestFinished(() => rmSync(home, { recursive: true }));
    writeFileSync(path.join(home, 'fixes'), 'a file where the folder of the record would be');
    const before = contentsOf(folder);
    const report = await tryApp(folder, {
      fix: true,
      keepsFormer: true,
      run: false,
      environment: { IISNODE_SOCK_HOME: home },
    });
    expect(report.findings.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['FIXED_PORT', 'WEBSOCKET_MODULE_ENABLED']),
    );
    expect(report.summary.fixed).toBe(0);
    expect(report.changed).toBeUndefined();
    expect(report.notWritten).toEqual([
      {
        file: expect.stringContaining(path.join(home, 'fixes')),
        rules: expect.arrayContaining(['FIXED_PORT', 'WEBSOCKET_MODULE_ENABLED']),
        why: expect.stringContaining('--unfix'),
        next: expect.any(String),
      },
    ]);
    expect(contentsOf(folder)).toEqual(before);
  });
});

describe.runIf(process.platform !== 'win32')('--fix in a folder that is read-only', () => {
  // root may write everywhere: the program is run as nobody there.
  const user = process.getuid?.() === 0 ? { uid: 65_534 } : {};

  function readOnlyApp(): string {
    const above = mkdtempSync(path.join(os.tmpdir(), 'fix-read-only-'));
    const folder = path.join(above, 'app');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'web.config'), webSocketOn('server.js'));
    writeFileSync(path.join(folder, 'server.js'), fixedPort);
    for (const [each, mode] of [
      [above, 0o755],
      [folder, 0o555],
    ] as const)
      chmodSync(each, mode);
    onTestFinished(() => {
      chmodSync(folder, 0o755);
      rmSync(above, { recursive: true });
    });
    return folder;
  }

  const run = (folder: string, ...args: readonly string[]) =>
    new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
      const env = { ...process.env, IISNODE_SOCK_HOME: path.join(path.dirname(folder), 'home') };
      execFile(
        process.execPath,
        [launcher, 'doctor', ...args],
        { cwd: folder, env, ...user },
        (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }),
      );
    });

  it('says the findings, and why nothing was fixed; exit code 1', async () => {
    const folder = readOnlyApp();
    const before = contentsOf(folder);
    const [json, github] = await Promise.all([
      run(folder, '--fix', '--no-run', '--json'),
      run(folder, '--fix', '--no-run', '--format', 'github', '--only', 'WEBSOCKET_MODULE_ENABLED'),
    ]);
    expect(json.code, json.stderr).toBe(1);
    const report = JSON.parse(json.stdout);
    const found = report.findings.map(({ rule }: { rule: string }) => rule);
    expect(found).toEqual(expect.arrayContaining(['FIXED_PORT', 'WEBSOCKET_MODULE_ENABLED']));
    expect(report.notWritten.map(({ file }: { file: string }) => path.basename(file)).sort()).toEqual([
      'server.js',
      'web.config',
    ]);
    expect(json.stderr).toContain('was not written: cannot write web.config');
    expect(github).toMatchObject({ code: 1, stdout: expect.stringContaining('::error ') });
    expect(github.stderr).toMatch(/cannot write \S*web\.config: .*EACCES/);
    expect(contentsOf(folder)).toEqual(before);
  });
});
