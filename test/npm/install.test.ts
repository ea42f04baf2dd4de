import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type InstallOptions, npmInstall } from '../../src/npm/install.js';
import { npmScript } from '../../src/npm/program.js';
import { initIncomplete } from '../../src/scaffold/write-files.js';
import { folderWith, talk, textsIn } from '../scaffold/workspace.js';

const nowhere = '/nowhere/bin/node';

describe('npm is found', () => {
  it('as a script for node, beside the node that runs or on the PATH', () => {
    expect(path.basename(npmScript(process.env))).toBe('npm-cli.js');
  });

  it('by npm_execpath, also when started by npx', () => {
    const folder = folderWith({ 'npm-cli.js': '', 'npx-cli.js': '' });
    const environment = { npm_execpath: path.join(folder, 'npx-cli.js') };
    expect(npmScript(environment, nowhere)).toBe(path.join(folder, 'npm-cli.js'));
  });

  it('not in a path of yarn or pnpm there', () => {
    const folder = folderWith({ 'pnpm.cjs': '', 'npm-cli.js': '' });
    expect(() => npmScript({ npm_execpath: path.join(folder, 'pnpm.cjs') }, nowhere)).toThrow(
      expect.objectContaining({ code: 'NPM_NOT_FOUND', exitCode: 2 }),
    );
  });

  it('beside node.exe, as the installer for Windows puts it', () => {
    const folder = folderWith({ 'node_modules/npm/bin/npm-cli.js': '', 'npm.cmd': '@echo off' });
    const script = path.join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js');
    expect(npmScript({}, path.join(folder, 'node.exe'))).toBe(script);
    expect(npmScript({ Path: folder }, nowhere)).toBe(script);
  });

  it.skipIf(process.platform === 'win32')('through the link on the PATH', () => {
    const folder = folderWith({ 'lib/npm/bin/npm-cli.js': '' });
    mkdirSync(path.join(folder, 'bin'));
    symlinkSync(path.join(folder, 'lib/npm/bin/npm-cli.js'), path.join(folder, 'bin/npm'));
    expect(npmScript({ PATH: `/none:${path.join(folder, 'bin')}` }, nowhere)).toBe(
      path.join(folder, 'lib/npm/bin/npm-cli.js'),
    );
  });
});

/** An environment whose npm is this script. */
function withNpm(script: string): NodeJS.ProcessEnv {
  const folder = folderWith({ 'npm-cli.js': script });
  return { ...process.env, npm_execpath: path.join(folder, 'npm-cli.js') };
}

/** Called like init does. */
const place = (directory: string, environment: NodeJS.ProcessEnv, signal?: AbortSignal): InstallOptions => ({
  directory,
  environment,
  signal,
  incomplete: (cause, failure) => initIncomplete(directory, cause, [failure]),
});

describe('npm install', () => {
  it('that fails reports npm’s last lines and removes what npm had started', async () => {
    const environment = withNpm(`
      const fs = require('node:fs');
      fs.mkdirSync('node_modules/half', { recursive: true });
      fs.writeFileSync('package-lock.json', '{}');
      console.error('npm http fetch GET 200 https://registry/x 3ms');
      console.error('npm error code ENOTFOUND');
      console.error('npm error network request to https://registry failed');
      console.error('npm error A complete log of this run can be found in: /x');
      process.exit(1);`);
    const directory = folderWith({ 'package.json': '{}' });
    const events = talk();
    await expect(npmInstall(place(directory, environment), events)).rejects.toMatchObject({
      code: 'NPM_FAILED',
      exitCode: 1,
      why: 'npm says: request to https://registry failed (ENOTFOUND)',
    });
    expect(textsIn(directory, [])).toEqual({ 'package.json': '{}' });
    expect(events.events.map((event) => event.kind)).toEqual(['installing', 'fetched']);
  });

  it.each([
    [
      [
        'code ECONNREFUSED',
        'syscall connect',
        'errno ECONNREFUSED',
        'FetchError: request to http://127.0.0.1:1/socket.io failed, reason: connect ECONNREFUSED 127.0.0.1:1',
        '    at ClientRequest.<anonymous> (/usr/lib/node_modules/npm/node_modules/minipass-fetch/lib/index.js:130:14) {',
        "  code: 'ECONNREFUSED',",
        '}',
        '',
        "If you are behind a proxy, please make sure that the 'proxy' config is set properly.  See: 'npm help config'",
      ],
      'npm says: request to http://127.0.0.1:1/socket.io failed, reason: connect ECONNREFUSED 127.0.0.1:1.',
    ],
    [
      ['code ETARGET', 'notarget No matching version found for socket.io@94.8.1.', 'notarget In most cases you or'],
      'npm says: No matching version found for socket.io@94.8.1. (ETARGET)',
    ],
    [
      [
        'code E404',
        '404 Not Found - GET https://registry/socket.io',
        '404 ',
        "404  The requested resource 'socket.io@4' could",
      ],
      'npm says: Not Found - GET https://registry/socket.io (E404)',
    ],
    [[], 'npm ended with exit code 1 and gave no reason.'],
  ])('that fails with %j reports the reason in one line', async (lines, why) => {
    const environment = withNpm(
      `for (const line of ${JSON.stringify(lines)}) console.error('npm error ' + line); process.exit(1);`,
    );
    const directory = folderWith({ 'package.json': '{}' });
    await expect(npmInstall(place(directory, environment), talk())).rejects.toMatchObject({ why });
  });

  it('leaves node_modules that were there before', async () => {
    const environment = withNpm("require('node:fs').writeFileSync('package-lock.json', '{}'); process.exit(1);");
    const directory = folderWith({ 'package.json': '{}', 'node_modules/mine/index.js': 'mine' });
    await expect(npmInstall(place(directory, environment), talk())).rejects.toMatchObject({
      code: 'NPM_FAILED',
    });
    expect(textsIn(directory, [])).toEqual({ 'package.json': '{}', 'node_modules/mine/index.js': 'mine' });
  });

  it.each([
    ['what package.json asks for', '4.8.1', 'ci'],
    ['something else', '4.0.0', 'install'],
  ])('with a lock file that locks %s', async (_what, version, verb) => {
    const environment = withNpm("require('node:fs').writeFileSync('verb', process.argv[2]);");
    const directory = folderWith({
      'package.json': '{ "dependencies": { "socket.io": "4.8.1" } }',
      'package-lock.json': JSON.stringify({ packages: { '': { dependencies: { 'socket.io': version } } } }),
    });
    await npmInstall(place(directory, environment), talk());
    expect(textsIn(directory).verb).toBe(verb);
  });

  it('that fails leaves a lock file as it was', async () => {
    const environment = withNpm("require('node:fs').writeFileSync('package-lock.json', '{}'); process.exit(1);");
    const files = { 'package.json': '{}', 'package-lock.json': '{ "packages": {} }' };
    const directory = folderWith(files);
    await expect(npmInstall(place(directory, environment), talk())).rejects.toMatchObject({
      code: 'NPM_FAILED',
    });
    expect(textsIn(directory)).toEqual(files);
  });

  it('that fails replaces the lock file in one step, never writing into the file that npm left', async () => {
    const environment = withNpm(`
      const fs = require('node:fs');
      fs.writeFileSync('package-lock.json', 'of npm');
      fs.linkSync('package-lock.json', 'same-file');
      process.exit(1);`);
    const directory = folderWith({ 'package.json': '{}', 'package-lock.json': 'of the app' });
    await expect(npmInstall(place(directory, environment), talk())).rejects.toMatchObject({ code: 'NPM_FAILED' });
    expect(textsIn(directory)).toEqual({
      'package.json': '{}',
      'package-lock.json': 'of the app',
      'same-file': 'of npm',
    });
  });

  it('that fails removes node_modules also where the lock file cannot be restored, and leaves no part of one', async () => {
    const environment = withNpm(`
      const fs = require('node:fs');
      fs.rmSync('package-lock.json');
      fs.mkdirSync('package-lock.json/x', { recursive: true });
      fs.mkdirSync('node_modules');
      process.exit(1);`);
    const directory = folderWith({ 'package.json': '{}', 'package-lock.json': '{}' });
    await expect(npmInstall(place(directory, environment), talk())).rejects.toMatchObject({ code: 'INIT_INCOMPLETE' });
    expect(readdirSync(directory).sort()).toEqual(['package-lock.json', 'package.json']);
  });

  it('that fails and leaves files that cannot be removed reports them', async () => {
    const environment = withNpm(`
      const fs = require('node:fs');
      fs.rmSync('package-lock.json');
      fs.mkdirSync('package-lock.json');
      process.exit(1);`);
    const directory = folderWith({ 'package.json': '{}', 'package-lock.json': '{}' });
    await expect(npmInstall(place(directory, environment), talk())).rejects.toMatchObject({
      code: 'INIT_INCOMPLETE',
      exitCode: 5,
      why: expect.stringContaining('package-lock.json'),
    });
  });

  it('ends when it is interrupted, and leaves nothing', async () => {
    const environment = withNpm(
      "require('node:fs').mkdirSync('node_modules'); console.error('npm http cache x'); setInterval(() => {}, 1000);",
    );
    const directory = folderWith({ 'package.json': '{}' });
    const abort = new AbortController();
    const listening = {
      ...talk(),
      event: (event: { kind: string }) => void (event.kind === 'fetched' && abort.abort()),
    };
    await expect(npmInstall(place(directory, environment, abort.signal), listening)).rejects.toMatchObject({
      code: 'INTERRUPTED',
      exitCode: 130,
    });
    expect(existsSync(path.join(directory, 'node_modules'))).toBe(false);
  });

  it.runIf(process.platform !== 'win32')('ends with all processes of npm, even if they ignore SIGTERM', async () => {
    // Its child holds the same output open: waiting for its end means waiting for the child.
    const deaf = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);";
    const environment = withNpm(
      `${deaf} require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(deaf)}], { stdio: 'inherit' }).on('spawn', () => console.error('npm http cache x'));`,
    );
    const directory = folderWith({ 'package.json': '{}' });
    const abort = new AbortController();
    const listening = {
      ...talk(),
      event: (event: { kind: string }) => void (event.kind === 'fetched' && abort.abort()),
    };
    await expect(npmInstall(place(directory, environment, abort.signal), listening)).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
  });

  it('runs no scripts of packages and requests no audit from a registry', async () => {
    const environment = withNpm(
      "require('node:fs').writeFileSync('arguments.json', JSON.stringify(process.argv.slice(2)));",
    );
    const directory = folderWith({ 'package.json': '{}' });
    expect((await npmInstall(place(directory, environment), talk())).ms).toBeGreaterThan(0);
    const given: unknown = JSON.parse(textsIn(directory)['arguments.json'] ?? '');
    expect(given).toEqual(
      expect.arrayContaining([
        'install',
        '--prefer-offline',
        '--no-audit',
        '--no-fund',
        '--include=dev',
        '--ignore-scripts',
      ]),
    );
  });
});
