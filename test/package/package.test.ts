import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, temporaryFolder } from '../support/cli.js';

const local = (name: string) => path.join(root, 'node_modules', '.bin', name);
let folder: string;
let remove: () => Promise<void>;
let tarball: string;
let elsewhere: string;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  await execa(process.execPath, [path.join(root, 'types.config.mjs')], { cwd: root });
  await execa('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
  tarball = path.join(folder, (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? 'no tarball');
  elsewhere = path.join(folder, 'elsewhere');
  await mkdir(elsewhere);
  await writeFile(path.join(elsewhere, 'package.json'), '{ "private": true, "type": "module" }\n');
  await execa('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], { cwd: elsewhere });
}, 180_000);

afterAll(() => remove());

describe('the package', () => {
  it('has no findings of publint and are-the-types-wrong', async () => {
    await execa(local('publint'), ['run', '--strict', tarball], { cwd: folder });
    await execa(local('attw'), [tarball, '--profile', 'esm-only'], { cwd: folder });
  });

  it('contains what it needs to run and no other files', async () => {
    const installed = path.join(elsewhere, 'node_modules', 'iisnode-sock');
    expect((await readdir(installed)).sort()).toEqual([
      'LICENSE',
      'README.md',
      'bin',
      'dist',
      'docs',
      'package.json',
      'templates',
    ]);
    expect((await readdir(path.join(installed, 'docs'))).filter((name) => !name.endsWith('.md'))).toEqual([]);
    expect((await readdir(path.join(installed, 'templates'))).sort()).toContain('dante');
    expect((await readdir(path.join(installed, 'bin'))).sort()).toEqual(['iisnode-sock.js', 'package.json']);
  });

  it('is one package, and at most 8 MB on the disk', async () => {
    const { stdout } = await execa('npm', ['ls', '--all', '--parseable'], { cwd: elsewhere });
    const [, ...packages] = stdout.trim().split('\n');
    expect(packages.map((each) => path.basename(each))).toEqual(['iisnode-sock']);
    const installed = await readdir(path.join(elsewhere, 'node_modules'), { recursive: true, withFileTypes: true });
    const sizes = await Promise.all(
      installed
        .filter((entry) => entry.isFile())
        .map(async (entry) => (await stat(path.join(entry.parentPath, entry.name))).size),
    );
    // As a disk with blocks of 4 KiB has them.
    const taken = sizes.reduce((sum, size) => sum + Math.ceil(size / 4096) * 4096, 0);
    expect(taken).toBeLessThan(8_000_000);
  });

  it('reads the code pages of Windows, whose tables are packed', async () => {
    const file = path.join(elsewhere, 'node_modules', 'iisnode-sock', 'dist', 'iconv-lite.cjs');
    const program = `import iconv from ${JSON.stringify(pathToFileURL(file).href)};
      console.log(iconv.decode(Buffer.from([0x8f, 0x88]), 'cp437'), iconv.decode(Buffer.from([0xcc, 0xee]), 'windows-1251'));`;
    const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', program]);
    expect(stdout).toBe('Åê Мо');
  });

  it('reads TypeScript and YAML, whose parsers are packed', async () => {
    const app = path.join(elsewhere, 'typed');
    await mkdir(app);
    await writeFile(
      path.join(app, 'package.json'),
      '{ "name": "typed", "scripts": { "start": "pm2 start process.yml" } }',
    );
    await writeFile(path.join(app, 'process.yml'), 'apps:\n  - script: main.ts\n');
    await writeFile(
      path.join(app, 'main.ts'),
      "import http from 'node:http';\nconst port: number = 3000;\nhttp.createServer().listen(port);\n",
    );
    const program = path.join(elsewhere, 'node_modules', 'iisnode-sock', 'bin', 'iisnode-sock.js');
    const { stdout } = await execa(process.execPath, [program, 'doctor', 'typed', '--no-run'], {
      cwd: elsewhere,
      reject: false,
    });
    expect(stdout).toContain('error FIXED_PORT typed/main.ts:2:');
  });

  it('has the licence of each package in it, with its owners', async () => {
    const text = await readFile(
      path.join(elsewhere, 'node_modules/iisnode-sock/dist/THIRD-PARTY-LICENSES.txt'),
      'utf8',
    );
    for (const name of ['commander', 'execa', 'fast-xml-parser', 'kleur', 'ws', 'eslint-scope', 'iconv-lite']) {
      expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+\\n {2}Copyright `, 'm'));
    }
    expect(text.match(/^Permission is hereby granted/gm)?.length).toBeLessThan(8);
  });

  it('has declarations that a strict program can use, without a package that only the build has', async () => {
    const program = `
      import * as library from 'iisnode-sock';
      import * as config from 'iisnode-sock/config';
      import * as rewrite from 'iisnode-sock/rewrite';
      import * as webconfig from 'iisnode-sock/webconfig';
      const report = await library.doctor({ directory: '.' });
      export const errors: number = report.summary.errors;
      export const all = [config, rewrite, webconfig];`;
    await writeFile(path.join(elsewhere, 'typed.mts'), program);
    const typeRoots = ['--typeRoots', path.join(root, 'node_modules', '@types'), '--types', 'node'];
    const strict = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--module', 'nodenext', '--target', 'es2022'];
    const { stdout } = await execa(
      process.execPath,
      [path.join(root, 'node_modules', 'typescript', 'bin', 'tsc'), ...strict, ...typeRoots, 'typed.mts'],
      { cwd: elsewhere, reject: false },
    );
    expect(stdout).toBe('');
  });

  it('works through npx: init, deploy, doctor, undeploy in an empty folder elsewhere', async () => {
    const environment = { IISNODE_SOCK_HOME: path.join(folder, 'iis'), NO_COLOR: '1', CI: '' };
    const npx = (...args: string[]) =>
      execa('npx', ['--no-install', 'iisnode-sock', ...args], { cwd: elsewhere, env: environment, reject: false });
    const init = await npx('init', 'dante');
    expect(init.exitCode, init.stderr).toBe(0);
    const doctor = await npx('doctor', 'dante');
    expect(doctor.exitCode, doctor.stdout).toBe(0);
    const deploy = await npx('deploy', 'dante', '--to', 'embedded', '--port', '0');
    expect(deploy.exitCode, deploy.stderr + deploy.stdout).toBe(0);
    expect(deploy.stdout).toMatch(/From zero to divine in \d+\.\d s/);
    const undeploy = await npx('undeploy', 'dante', '--to', 'embedded');
    expect(undeploy.exitCode, undeploy.stderr).toBe(0);
  });

  it('runs the example of docs/library.md unchanged', async () => {
    const page = await readFile(path.join(root, 'docs', 'library.md'), 'utf8');
    const example = /^```js\n(import [\s\S]*?)^```$/m.exec(page)?.[1] ?? '';
    await writeFile(path.join(elsewhere, 'example.mjs'), example);
    const env = { IISNODE_SOCK_HOME: path.join(folder, 'example-iis') };
    const { stdout } = await execa(process.execPath, ['example.mjs'], { cwd: elsewhere, env });
    expect(stdout).toMatch(/errors: 0, *\s*path: '\/streamer', *\s*url: 'http:\/\/127\.0\.0\.1:\d+\/streamer\/'/);
  });

  it('is a library, too: the commands as typed functions', async () => {
    const program = `
      import { doctor, init, rules } from 'iisnode-sock';
      import { loadConfigModel } from 'iisnode-sock/config';
      import { compileRewrite } from 'iisnode-sock/rewrite';
      import { generateWebConfig } from 'iisnode-sock/webconfig';
      for (const one of [loadConfigModel, compileRewrite, generateWebConfig]) if (typeof one !== 'function') throw one;
      const made = await init({ directory: 'library', template: 'dante', install: false });
      const report = await doctor({ directory: 'library' });
      console.log(JSON.stringify({ kind: made.kind, errors: report.summary.errors, rules: rules.length > 5 }));`;
    await writeFile(path.join(elsewhere, 'library.mjs'), program);
    const { stdout } = await execa(process.execPath, ['library.mjs'], { cwd: elsewhere });
    expect(JSON.parse(stdout)).toEqual({ kind: 'scaffolded', errors: 0, rules: true });
    const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as { exports: object };
    expect(Object.keys(manifest.exports)).toEqual(['.', './config', './rewrite', './webconfig', './package.json']);
  });
});
