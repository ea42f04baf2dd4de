import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type EntryGuesses, guessEntries, readManifest } from '../../src/app/index.js';
import { readFolder } from '../../src/source/index.js';
import { testFolder } from '../files/folder.js';

const listening = "require('http').createServer().listen(process.env.PORT);\n";

function folderWith(files: Readonly<Record<string, string>>): string {
  const root = testFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}

function guessed(files: Readonly<Record<string, string>>): EntryGuesses {
  const folder = readFolder(folderWith(files), false);
  return guessEntries(folder, readManifest(folder));
}

const likely = (files: Readonly<Record<string, string>>): string[] => guessed(files).likely.map(({ name }) => name);
const manifest = (value: object): string => JSON.stringify(value);

describe('the entry point that an app is likely to have', () => {
  it('is what its start script starts, then main, as node finds it', () => {
    const start = manifest({ main: './lib', scripts: { start: 'node ./bin/www' } });
    expect(guessed({ 'package.json': start, 'lib/index.js': '', 'bin/www': '' }).found.map(({ name }) => name)).toEqual(
      ['bin/www', 'lib/index.js'],
    );
    expect(likely({ 'package.json': manifest({ scripts: { start: 'node .' }, main: 'x' }), 'x.js': '' })).toEqual([
      'x.js',
    ]);
    const nested = { 'package.json': manifest({ main: 'lib' }), 'lib/package.json': manifest({ main: 'in.js' }) };
    expect(likely({ ...nested, 'lib/in.js': '', 'lib/index.js': '' })).toEqual(['lib/in.js']);
  });

  it('is of several the one that listens', () => {
    const both = manifest({ main: 'index.js', scripts: { start: 'node server.js' } });
    expect(likely({ 'package.json': both, 'index.js': 'exports.x = 1;', 'server.js': listening })).toEqual([
      'server.js',
    ]);
    expect(likely({ 'app.js': 'module.exports = 1;', 'bin/www': listening })).toEqual(['bin/www']);
    expect(likely({ 'app.js': listening, 'server.js': listening })).toEqual(['server.js', 'app.js']);
  });

  it('is found whatever the case of its name, as on Windows', () => {
    expect(likely({ 'package.json': manifest({ main: 'server.js' }), 'Server.js': '' })).toEqual(['Server.js']);
    expect(likely({ 'Bin/Www': '' })).toEqual(['Bin/Www']);
  });

  it('is what a build will make, and not a file that happens to have a usual name', () => {
    const built = manifest({ scripts: { build: 'tsc', start: 'node dist/x.js' } });
    expect(guessed({ 'package.json': built, 'index.js': '', 'src/x.ts': '' })).toMatchObject({
      found: [],
      missing: ['dist/x.js'],
      coming: 'dist/x.js',
    });
  });

  it.each([
    ['the app', { build: 'tsc -b packages/api' }, {}],
    ['its own package', {}, { build: 'tsc' }],
  ])('is what a build of %s will make in a package below', (_by, scripts, own) => {
    const files = {
      'package.json': manifest({ scripts: { start: 'node packages/api/lib/main.js', ...scripts } }),
      'packages/api/package.json': manifest({ name: 'api', scripts: own }),
      'packages/api/src/main.ts': '',
    };
    expect(guessed(files)).toMatchObject({ found: [], coming: 'packages/api/lib/main.js' });
    const bare = { ...files, 'packages/api/package.json': manifest({ name: 'api' }) };
    const without = { ...bare, 'package.json': manifest({ scripts: { start: 'node packages/api/lib/main.js' } }) };
    expect(guessed(without)).toMatchObject({ found: [], coming: undefined });
  });

  it('is none where package.json names a file that no build creates, and reports that name', () => {
    expect(guessed({ 'package.json': manifest({ main: 'gone.js' }) })).toEqual({
      found: [],
      likely: [],
      missing: ['gone.js'],
      coming: undefined,
    });
  });

  it('is the server of a package below, where the app has none of its own', () => {
    const files = {
      'package.json': manifest({ workspaces: ['web', 'api'] }),
      'web/package.json': manifest({ scripts: { start: 'vite' } }),
      'web/index.js': 'document.title = 1;',
      'api/package.json': manifest({ main: 'index.js' }),
      'api/index.js': listening,
    };
    expect(guessed(files).likely).toEqual([{ name: 'api/index.js', from: 'package.json', package: 'api' }]);
  });

  it('may be where the listing of the folder does not go', () => {
    const nuxt = manifest({ scripts: { build: 'nuxt build', start: 'nuxt start' } });
    const files = { 'package.json': nuxt, '.output/server/index.mjs': listening };
    expect(likely(files)).toEqual(['.output/server/index.mjs']);
    expect(guessed({ 'package.json': nuxt }).coming).toBe('.output/server/index.mjs');
  });
});

describe.runIf(process.platform !== 'win32')('a folder that is a link', () => {
  it('has files that are found by name', () => {
    const root = folderWith({ 'package.json': manifest({ main: 'lib/Server.js' }) });
    const elsewhere = folderWith({ 'server.js': '' });
    symlinkSync(elsewhere, path.join(root, 'lib'));
    const folder = readFolder(root, false);
    expect(guessEntries(folder, readManifest(folder)).likely).toMatchObject([{ name: 'lib/server.js' }]);
    expect([folder.isFile('lib/server.js'), folder.isFile('lib'), folder.isFile('lib/none.js')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('a TypeScript file that a tool starts', () => {
  const start = (command: string, more: object = {}) =>
    manifest({ scripts: { start: command, build: 'tsc', ...more } });
  const options = (value: object): string => JSON.stringify({ compilerOptions: value });

  it.each([
    ['tsx src/server.ts', { outDir: 'dist', rootDir: 'src' }, 'dist/server.js'],
    ['ts-node ./src/server.ts', { outDir: './build' }, 'build/server.js'],
    ['nodemon --exec tsx src/server.ts', { outDir: 'dist', rootDir: '.' }, 'dist/src/server.js'],
    ['node --import tsx src/server.ts', {}, 'src/server.js'],
  ])('%s stands for what its compiler makes: %j', (command, compiler, product) => {
    const files = { 'package.json': start(command), 'tsconfig.json': options(compiler), 'src/server.ts': '' };
    expect(guessed(files)).toMatchObject({ found: [], coming: product });
    expect(likely({ ...files, [product]: '' })).toEqual([product]);
  });

  it('has the folders of the tsconfig file of its package, and not those of the app', () => {
    const files = {
      'package.json': manifest({
        workspaces: ['packages/*'],
        scripts: { start: 'tsx packages/api/src/main.ts', build: 'tsc -b' },
      }),
      'tsconfig.json': JSON.stringify({ files: [], references: [{ path: 'packages/api' }] }),
      'packages/api/package.json': manifest({ name: 'api' }),
      'packages/api/tsconfig.json': options({ outDir: 'target', composite: true }),
      'packages/api/src/main.ts': '',
    };
    expect(guessed(files)).toMatchObject({ found: [], coming: 'packages/api/target/main.js' });
    const { 'packages/api/tsconfig.json': _own, ...none } = files;
    expect(guessed(none)).toMatchObject({ coming: undefined });
  });

  it.each([
    ['a script', { build: 'tsc -p .\\\\configs\\\\tsconfig.node.json' }, {}],
    ['a reference', { build: 'tsc -b' }, { references: [{ path: './configs/tsconfig.node.json' }] }],
  ])('has the folders of a tsconfig file of another name, by %s', (_by, scripts, root) => {
    const files = {
      'package.json': manifest({ scripts: { start: 'tsx server/main.ts', ...scripts } }),
      'tsconfig.json': JSON.stringify({ files: [], ...root }),
      'configs/tsconfig.node.json': options({ outDir: '../made', rootDir: '..' }),
      'server/main.ts': '',
    };
    expect(guessed(files)).toMatchObject({ found: [], coming: 'made/server/main.js' });
  });

  it('stays what it is where nothing compiles it', () => {
    expect(likely({ 'package.json': manifest({ scripts: { start: 'tsx server.ts' } }), 'server.ts': '' })).toEqual([
      'server.ts',
    ]);
  });
});
