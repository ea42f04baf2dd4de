import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readApp } from '../../src/app/index.js';
import { findEntry } from '../../src/scaffold/entry-point.js';
import { hasManifest } from '../../src/scaffold/package-json.js';
import { makePipe } from '../files/folder.js';
import { folderWith, type RecordedTalk, talk } from './workspace.js';

const listening = "require('http').createServer().listen(process.env.PORT);\n";

async function entryOf(files: Record<string, string>, given?: string, with_: RecordedTalk = talk()): Promise<string> {
  const app = readApp(folderWith(files));
  if (!hasManifest(app)) throw new Error('no package.json');
  return findEntry(app, given, with_);
}

const manifest = (value: object): string => JSON.stringify(value);

describe('the entry point', () => {
  it('is what --entry says, however it is written', async () => {
    const files = { 'package.json': '{}', 'bin/www': listening, 'server.js': listening };
    expect(await entryOf(files, './bin/www')).toBe('bin/www');
    expect(await entryOf(files, 'bin/../bin/www')).toBe('bin/www');
  });

  it("is package.json's main, found as require finds it", async () => {
    expect(await entryOf({ 'package.json': manifest({ main: './lib' }), 'lib/index.js': '' })).toBe('lib/index.js');
    expect(await entryOf({ 'package.json': manifest({ main: 'start' }), 'start.js': '' })).toBe('start.js');
  });

  it('is not there yet when package.json names what a build makes, in main or in scripts.start', async () => {
    const build = { scripts: { build: 'tsc', start: 'node dist/x.js' } };
    expect(await entryOf({ 'package.json': manifest(build), 'src/x.ts': '' })).toBe('dist/x.js');
  });

  it('in doubt says that what package.json names is not there', async () => {
    await expect(entryOf({ 'package.json': manifest({ main: 'gone.js' }) })).rejects.toMatchObject({
      code: 'ENTRY_UNCLEAR',
      why: 'package.json names gone.js, which does not exist, and no file has a well-known name.',
    });
    await expect(entryOf({ 'package.json': manifest({ main: 'dist/x.js' }) })).rejects.toMatchObject({
      why: expect.stringContaining('build first'),
    });
    await expect(entryOf({ 'package.json': manifest({ main: 'lib' }), 'lib/a.txt': '' })).rejects.toMatchObject({
      why: 'package.json names lib, a folder without index.js, and no file has a well-known name.',
    });
    await expect(entryOf({ 'package.json': manifest({ main: '../x.js' }) })).rejects.toMatchObject({
      why: 'package.json names ../x.js, which is outside this folder, and no file has a well-known name.',
    });
  });

  it('is what scripts.start starts', async () => {
    const start = 'NODE_ENV=production node --enable-source-maps -r dotenv/config ./bin/www --verbose';
    expect(await entryOf({ 'package.json': manifest({ scripts: { start } }), 'bin/www': '' })).toBe('bin/www');
  });

  it('is what scripts.start starts when main names a file that is not there', async () => {
    const files = {
      'package.json': manifest({ main: 'index.js', scripts: { start: 'node server.js' } }),
      'server.js': '',
    };
    expect(await entryOf(files)).toBe('server.js');
  });

  it('is the one that listens when main and scripts.start differ', async () => {
    const files = {
      'package.json': manifest({ main: 'index.js', scripts: { start: 'node server.js' } }),
      'index.js': 'exports.x = 1;\n',
      'server.js': listening,
    };
    expect(await entryOf(files)).toBe('server.js');
  });

  it('is a well-known name when package.json names none', async () => {
    expect(await entryOf({ 'package.json': '{}', 'app.js': '' })).toBe('app.js');
    expect(await entryOf({ 'package.json': '{}', 'src/main.js': '' })).toBe('src/main.js');
    expect(await entryOf({ 'package.json': '{}', 'app.js': 'module.exports = 1;\n', 'bin/www': listening })).toBe(
      'bin/www',
    );
  });

  it('in doubt is asked for, and the question names its flag and what was found', async () => {
    const person = talk({ '--entry': 'server.js' });
    const files = { 'package.json': '{}', 'app.js': listening, 'server.js': listening };
    expect(await entryOf(files, undefined, person)).toBe('server.js');
    expect(person.questions[0]).toMatchObject({
      flag: '--entry',
      choices: [{ value: 'server.js' }, { value: 'app.js' }],
    });
  });

  it('in doubt without a terminal is an unanswered question (exit 4) naming --entry', async () => {
    const files = { 'package.json': '{}', 'app.js': listening, 'server.js': listening };
    await expect(entryOf(files)).rejects.toMatchObject({
      code: 'ENTRY_UNCLEAR',
      exitCode: 4,
      next: expect.stringContaining('--entry'),
    });
    await expect(entryOf({ 'package.json': '{}' })).rejects.toMatchObject({ code: 'ENTRY_UNCLEAR', exitCode: 4 });
    const apps = Array.from({ length: 60 }, (_, at) => [
      [`apps/${at}/server.js`, listening] as const,
      [`apps/${at}/package.json`, '{}'] as const,
    ]).flat();
    await expect(entryOf({ 'package.json': '{}', ...Object.fromEntries(apps) })).rejects.toMatchObject({
      why: expect.stringMatching(/^It may be (?:apps\/\d+\/server\.js(?: or )?){5} and 55 more\.$/),
    });
  });

  it('that is not there is refused; one that a build makes is not', async () => {
    await expect(entryOf({ 'package.json': '{}' }, 'server.js')).rejects.toMatchObject({
      code: 'ENTRY_NOT_FOUND',
      exitCode: 2,
    });
    const built = { 'package.json': manifest({ main: 'dist/server.js', scripts: { build: 'tsc' } }) };
    expect(await entryOf(built)).toBe('dist/server.js');
    expect(await entryOf(built, 'dist/other.js')).toBe('dist/other.js');
    await expect(entryOf({ ...built, 'dist/main.js': '' }, 'dist/other.js')).rejects.toMatchObject({
      code: 'ENTRY_NOT_FOUND',
      why: 'The build has created dist without this file.',
    });
  });

  it.each(['../server.js', '/etc/passwd', '.'])('%s is refused: it is outside the app', async (given) => {
    await expect(entryOf({ 'package.json': '{}' }, given)).rejects.toMatchObject({
      code: 'ENTRY_OUTSIDE',
      exitCode: 2,
    });
  });

  it('is what a rule of web.config leads to, where its handler has a pattern', async () => {
    const webConfig =
      '<configuration><system.webServer><handlers><add name="n" path="bin/*" verb="*" modules="iisnode" /></handlers><rewrite><rules>' +
      '<rule name="r"><match url=".*" /><action type="Rewrite" url="bin/www" /></rule></rules></rewrite></system.webServer></configuration>';
    const files = { 'package.json': manifest({ main: 'app.js' }), 'app.js': listening, 'bin/www': listening };
    expect(await entryOf({ ...files, 'Web.config': webConfig })).toBe('bin/www');
  });

  it('is that of the package below which is the server, where the app itself has none', async () => {
    const files = {
      'package.json': manifest({ workspaces: ['web', 'api'], scripts: { start: 'npm start -w api' } }),
      'web/package.json': manifest({ scripts: { start: 'vite' } }),
      'api/package.json': manifest({ name: 'api', scripts: { start: 'node src/main.js' } }),
      'api/src/main.js': listening,
    };
    expect(await entryOf(files)).toBe('api/src/main.js');
  });

  it('is unclear where a framework starts a server of its own, and no file that is not there is named', async () => {
    await expect(
      entryOf({ 'package.json': manifest({ scripts: { start: 'astro preview', build: 'astro build' } }) }),
    ).rejects.toMatchObject({
      code: 'ENTRY_UNCLEAR',
      why: 'package.json names none (its start script is "astro preview"), and no file has a well-known name.',
      next: expect.not.stringContaining('.js'),
    });
  });

  it('may be made by a build of another name', async () => {
    const built = { 'package.json': manifest({ main: 'dist/server.js', scripts: { 'build:server': 'tsc' } }) };
    expect(await entryOf(built)).toBe('dist/server.js');
  });

  it('is JavaScript', async () => {
    const files = { 'package.json': '{}', 'server.ts': '' };
    await expect(entryOf(files, 'server.ts')).rejects.toMatchObject({ code: 'ENTRY_NOT_JAVASCRIPT', exitCode: 2 });
  });

  const checksTypes = { 'tsconfig.json': '{ "compilerOptions": { "noEmit": true } }', 'src/a.ts': '' };
  it.each([
    'tsx src/a.ts',
    'node --experimental-strip-types src/a.ts',
    'ts-node src/a.ts',
    'node --import tsx src/a.ts',
    'node -r ts-node/register src/a.ts',
  ])('is TypeScript where the start script runs it: %s', async (start) => {
    expect(await entryOf({ 'package.json': manifest({ scripts: { start } }), ...checksTypes })).toBe('src/a.ts');
  });

  it.each([
    [{ scripts: { start: 'node src/b.js' } }, {}, /^build it, .* install tsx/],
    [
      { scripts: { start: 'bun run src/a.ts' } },
      {},
      /^npm install tsx: .* in place of bun, and without what only Bun has/,
    ],
    [{ scripts: { start: 'ts-node --esm src/a.ts' } }, {}, /^npm install tsx: .* in place of ts-node --esm$/],
    [
      { scripts: { dev: 'tsx src/a.ts' }, devDependencies: { tsx: '4' } },
      {},
      /^let the start script run it, "start": "tsx src/,
    ],
    [
      { scripts: { build: 'tsc' } },
      { 'tsconfig.json': '{ "compilerOptions": { "outDir": "dist" } }' },
      /^npm run build, then --entry dist\/a.js$/,
    ],
  ])('in TypeScript that nothing runs has a next step: %j', async (fields, files, next) => {
    const all = { 'package.json': manifest(fields), ...checksTypes, ...files };
    await expect(entryOf(all, 'src/a.ts')).rejects.toMatchObject({
      code: 'ENTRY_NOT_JAVASCRIPT',
      next: expect.stringMatching(next),
    });
  });
});

describe('package.json', () => {
  it.each(['', '[]', '{', 'null', '"x"'])('holding %j is refused with a clear word', (text) => {
    const app = readApp(folderWith({ 'package.json': text }));
    expect(() => hasManifest(app)).toThrow(expect.objectContaining({ code: 'PACKAGE_JSON_INVALID', exitCode: 2 }));
  });

  it.each([
    ['UTF-16', Buffer.from('\uFEFF{}', 'utf16le')],
    ['a name that is no text', Buffer.from('{ "name": 1 }')],
  ])('of %s is refused, as npm refuses it', (_what, bytes) => {
    const folder = folderWith({});
    writeFileSync(path.join(folder, 'package.json'), bytes);
    expect(() => hasManifest(readApp(folder))).toThrow(expect.objectContaining({ code: 'PACKAGE_JSON_INVALID' }));
  });

  it.runIf(process.platform !== 'win32')(
    'that is a named pipe is refused, and no other app is put in its place',
    () => {
      const folder = folderWith({});
      makePipe(path.join(folder, 'package.json'));
      expect(() => hasManifest(readApp(folder))).toThrow(expect.objectContaining({ code: 'FILE_NOT_REGULAR' }));
    },
  );

  it('with a byte order mark is read', () => {
    const folder = folderWith({ 'package.json': '\uFEFF{"main":"x.js"}' });
    expect(hasManifest(readApp(folder))).toBe(true);
    expect(readApp(folder).manifest.main).toBe('x.js');
  });
});
