import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { InitOptions, InitResult } from '../../src/scaffold/types.js';
import { readLoaderText } from '../../src/source/index.js';
import { init } from '../support/init.js';
import { folderWith, talk } from './workspace.js';

const listening = "require('http').createServer().listen(3000);\n";
const manifest = (more: object = {}): string => JSON.stringify({ name: 'app', ...more });

/** Adopts an app of these files: what it is started by. */
async function adopted(files: Record<string, string>, options: Partial<InitOptions> = {}) {
  const directory = folderWith(files);
  const result: InitResult = await init({ directory, ...options }, talk());
  const text = readFileSync(path.join(directory, 'iisnode-entry.cjs'), 'utf8');
  const { settings } = readLoaderText({ file: 'iisnode-entry.cjs', text }) ?? {};
  const setting = (name: string): unknown => settings?.get(name)?.value;
  return {
    directory,
    result,
    entry: setting('entry'),
    root: setting('root'),
    args: setting('args'),
    env: setting('env'),
    imports: setting('imports'),
    requires: setting('requires'),
  };
}

describe('an entry point in TypeScript', () => {
  const source =
    "import { createServer } from 'node:http';\nconst port: number = Number(process.env.PORT);\ncreateServer().listen(port);\n";
  const files = {
    'package.json': manifest({ private: true, scripts: { start: 'npm start --prefix server' } }),
    'server/package.json': manifest({ name: 'server', scripts: { start: 'NODE_ENV=production tsx src/main.ts' } }),
    'server/src/main.ts': source,
  };

  it('is run as the start script runs it, and watched', async () => {
    const { directory, entry, root, result, imports, env } = await adopted(files);
    expect({ entry, root, imports, env }).toEqual({
      entry: 'server/src/main.ts',
      root: 'server',
      imports: ['tsx'],
      env: { NODE_ENV: 'production' },
    });
    expect(result.loader?.reasons.map(({ says }) => says)).toContain(
      'is TypeScript, which tsx of its start script runs',
    );
    const text = readFileSync(path.join(directory, 'web.config'), 'utf8');
    expect(text).toContain('watchedFiles="*.js;*.cjs;*.mjs;*.ts;server\\src\\*.js;server\\src\\*.ts;iisnode.yml"');
  });

  it.each([
    ['node src/main.ts', {}, [], 'node of version 22.18 or newer runs'],
    ['node --experimental-strip-types src/main.ts', {}, [], 'node of version 22.6 or newer runs'],
    ['node --experimental-transform-types src/main.ts', {}, [], 'node of version 22.7 or newer runs'],
    ['node src/main.ts', { tsx: '4' }, ['tsx'], 'tsx runs in place of node'],
    ['bun run src/main.ts', { tsx: '4' }, ['tsx'], 'tsx runs in place of bun'],
    ['ts-node --esm src/main.ts', { tsx: '4' }, ['tsx'], 'tsx runs in place of ts-node --esm'],
    ['node --import tsx src/main.ts', { tsx: '4' }, ['tsx'], 'tsx of its start script runs'],
  ])('that %s starts, with %j', async (start, devDependencies, wanted, reason) => {
    const { entry, imports, result } = await adopted({
      'package.json': manifest({ scripts: { start }, devDependencies }),
      'src/main.ts': source,
    });
    expect({ entry, imports }).toEqual({ entry: 'src/main.ts', imports: wanted });
    expect(result.loader?.reasons.map(({ says }) => says)).toContain(`is TypeScript, which ${reason}`);
  });

  it('and other options of node are in web.config, once; a command line that is there stays', async () => {
    const start = 'NODE_OPTIONS=--max-old-space-size=4096 node --experimental-transform-types src/main.ts';
    const { directory, result } = await adopted({
      'package.json': manifest({ scripts: { start } }),
      'src/main.ts': source,
    });
    expect(result.notes).toEqual([]);
    const file = path.join(directory, 'web.config');
    const line = 'node.exe --max-old-space-size=4096 --experimental-transform-types';
    const text = readFileSync(file, 'utf8');
    expect(text.split(`nodeProcessCommandLine="${line}"`)).toHaveLength(2);
    expect(await init({ directory }, talk())).toMatchObject({ nothingToDo: true });

    writeFileSync(file, text.replace(line, 'node.exe --experimental-transform-types'));
    const again = await init({ directory }, talk());
    expect(again).toMatchObject({
      nothingToDo: true,
      notes: [expect.stringMatching(/ with --max-old-space-size=4096, and /)],
    });
  });

  it('needs the loader', async () => {
    const error = await init({ directory: folderWith(files), loader: 'never' }, talk()).catch((cause) => cause);
    expect(error).toMatchObject({ code: 'ENTRY_NOT_JAVASCRIPT', next: expect.stringContaining('--loader never') });
  });

  it('is not run by tsx where a compiler makes JavaScript of it', async () => {
    const compiled = {
      'package.json': manifest({ scripts: { build: 'tsc', start: 'tsx src/main.ts' } }),
      'tsconfig.json': '{ "compilerOptions": { "outDir": "dist", "rootDir": "src" } }',
      'src/main.ts': source,
    };
    const { entry, imports } = await adopted(compiled, { loader: 'always' });
    expect({ entry, imports }).toEqual({ entry: 'dist/main.js', imports: [] });
  });

  it.each([
    ['{}', 'tsx --tsconfig tsconfig.server.json src/main.ts'],
    ['{ "compilerOptions": { "outDir": "dist", "rootDir": "src" } }', 'tsx src/main.ts'],
  ])('is run by tsx where a compiler could, and no build makes JavaScript of it: %s', async (tsconfig, start) => {
    const { entry, imports } = await adopted({
      'package.json': manifest({ scripts: { start } }),
      'tsconfig.server.json': tsconfig,
      'src/main.ts': source,
    });
    expect({ entry, imports }).toEqual({ entry: 'src/main.ts', imports: ['tsx'] });
  });
});

describe('of several programs that a start script starts', () => {
  const files = {
    'package.json': manifest({ scripts: { start: 'A=1 node -r ./first.js jobs.js & B=2 node web.js' } }),
    'first.js': '',
    'jobs.js': 'setInterval(() => {}, 1000);\n',
    'web.js': "require('./src/app.js');\n",
    'src/app.js': listening,
  };

  it('the one that listens is taken, by a module of its own, too; the others are named', async () => {
    const { entry, env, result } = await adopted(files);
    expect({ entry, env }).toEqual({ entry: 'web.js', env: { B: '2' } });
    expect(result.notes).toContainEqual(
      expect.stringMatching(/IIS starts web\.js, the one that listens; it does not start jobs\.js: .*--entry FILE$/),
    );
  });

  it('one that --entry names is started as the script starts it', async () => {
    const { entry, env, requires, result } = await adopted(files, { entry: 'jobs.js', loader: 'always' });
    expect({ entry, env, requires }).toEqual({ entry: 'jobs.js', env: { A: '1' }, requires: ['./first.js'] });
    expect(result.notes).toContainEqual(
      expect.stringMatching(/IIS starts jobs\.js; it does not start web\.js: .*--entry FILE$/),
    );
  });

  it('the first is taken where several listen, and the note says so', async () => {
    const { entry, result } = await adopted({
      'package.json': manifest({ scripts: { start: 'node api.js & node web.js' } }),
      'api.js': listening,
      'web.js': listening,
    });
    expect(entry).toBe('api.js');
    expect(result.notes).toContainEqual(expect.stringMatching(/api\.js, the first one that listens; .* web\.js/));
  });

  it('nothing is said of commands that run one after the other', async () => {
    const { result } = await adopted({
      'package.json': manifest({ scripts: { start: 'node migrate.js && node web.js' } }),
      'migrate.js': '',
      'web.js': listening,
    });
    expect(result.notes).toEqual([]);
  });
});

describe('an app whose package.json does not say how it is started', () => {
  it.each([
    ['Procfile', 'web: node -r ./first.js lib/run.js\nworker: node jobs.js\n'],
    ['Dockerfile', 'FROM node:20\nWORKDIR /app\nCOPY . .\nCMD ["node", "-r", "./first.js", "lib/run.js"]\n'],
    ['process.yml', 'apps:\n  - script: lib/run.js\n    node_args: -r ./first.js\n'],
    ['ecosystem.config.js', "module.exports = [{ script: './lib/run.js', node_args: '-r ./first.js' }];\n"],
  ])('is started as its %s says', async (file, text) => {
    const { entry, requires } = await adopted({
      'package.json': manifest(),
      'first.js': '',
      'jobs.js': '',
      'lib/run.js': listening,
      [file]: text,
    });
    expect({ entry, requires }).toEqual({ entry: 'lib/run.js', requires: ['./first.js'] });
  });
});

describe('the entry point of an app that the loader starts', () => {
  it.each([
    ['main', { 'package.json': manifest({ main: 'lib/app.js' }), 'lib/app.js': listening }, 'lib/app.js', '.'],
    [
      'main without an ending',
      { 'package.json': manifest({ main: 'lib/app' }), 'lib/app.js': listening },
      'lib/app.js',
      '.',
    ],
    [
      'node .',
      { 'package.json': manifest({ main: 'app.js', scripts: { start: 'node .' } }), 'app.js': listening },
      'app.js',
      '.',
    ],
    [
      'bin/www',
      { 'package.json': manifest({ scripts: { start: 'node ./bin/www' } }), 'bin/www': listening },
      'bin/www',
      '.',
    ],
    [
      'a script that calls another one',
      {
        'package.json': manifest({
          scripts: { start: 'npm run clean && npm run go', clean: 'rimraf x', go: 'node y.js' },
        }),
        'y.js': listening,
      },
      'y.js',
      '.',
    ],
    [
      'cd server && node index.js',
      { 'package.json': manifest({ scripts: { start: 'cd server && node index.js' } }), 'server/index.js': listening },
      'server/index.js',
      'server',
    ],
    [
      'npm start --prefix server',
      {
        'package.json': manifest({ scripts: { start: 'npm start --prefix server' } }),
        'server/package.json': manifest({ scripts: { start: 'node main.js' } }),
        'server/main.js': listening,
      },
      'server/main.js',
      'server',
    ],
    [
      'a workspace',
      {
        'package.json': manifest({ workspaces: ['packages/*'], scripts: { start: 'npm start -w @app/server' } }),
        'packages/server/package.json': manifest({
          name: '@app/server',
          scripts: { start: 'node .' },
          main: 'main.js',
        }),
        'packages/server/main.js': listening,
        'packages/web/package.json': manifest({ name: '@app/web' }),
      },
      'packages/server/main.js',
      'packages/server',
    ],
    [
      'a server folder beside a client, which nothing names',
      {
        'package.json': manifest(),
        'server/package.json': manifest({ main: 'index.js' }),
        'server/index.js': listening,
        'client/package.json': manifest({ scripts: { build: 'vite build' } }),
        'client/src/main.js': '',
      },
      'server/index.js',
      'server',
    ],
    [
      'nest start',
      {
        'package.json': manifest({ scripts: { start: 'nest start', build: 'nest build' } }),
        'dist/main.js': "require('@nestjs/core').NestFactory.create().then((app) => app.listen(3000));",
      },
      'dist/main.js',
      '.',
    ],
    [
      'the output of Nuxt',
      {
        'package.json': manifest({ scripts: { start: 'nuxt start', build: 'nuxt build' } }),
        '.output/server/index.mjs': 'export {};',
      },
      '.output/server/index.mjs',
      '.',
    ],
    [
      'TypeScript that a tool starts, in what its compiler made of it',
      {
        'package.json': manifest({ scripts: { start: 'tsx src/server.ts', build: 'tsc' } }),
        'tsconfig.json': '{ "compilerOptions": { "rootDir": "src", "outDir": "build" } }',
        'src/server.ts': listening,
        'build/server.js': listening,
      },
      'build/server.js',
      '.',
    ],
  ])('%s', async (_, files, entry, root) => {
    expect(await adopted(files)).toMatchObject({ entry, root, result: { entry } });
  });

  it('next start: the command of the framework, with its arguments', async () => {
    const next = 'node_modules/next/dist/bin/next';
    const files = {
      'package.json': manifest({
        scripts: { start: 'next start -p 4000', build: 'next build' },
        dependencies: { next: '^15' },
      }),
      [next]: '#!/usr/bin/env node\n',
    };
    const { result, ...found } = await adopted(files);
    expect(found).toMatchObject({ entry: next, args: ['start', '-p', '4000'], root: '.' });
    expect(result.loader?.reasons).toEqual([
      { says: 'its start script is a command of next', file: 'package.json', line: 1 },
    ]);
    expect(result.findings).toEqual([]);
  });
});

describe('what init says where it cannot go on', () => {
  const refusal = (files: Record<string, string>) => init({ directory: folderWith(files), dryRun: true }, talk());

  it('a framework that is not installed is to be installed', async () => {
    await expect(refusal({ 'package.json': manifest({ scripts: { start: 'next start' } }) })).rejects.toMatchObject({
      code: 'ENTRY_NOT_FOUND',
      next: 'npm install, then init again',
    });
  });

  it('a build that has put its output elsewhere is not to be run again', async () => {
    const app = {
      'package.json': manifest({ scripts: { start: 'node dist/main.js', build: 'tsc' } }),
      'tsconfig.json': '{ "compilerOptions": { "outDir": "dist" } }',
      'src/main.ts': listening,
    };
    expect(await refusal(app)).toMatchObject({ entry: 'dist/main.js' });
    await expect(refusal({ ...app, 'dist/src/main.js': listening })).rejects.toMatchObject({
      next: '--entry dist/src/main.js',
    });
    await expect(refusal({ ...app, 'dist/other.js': listening })).rejects.toMatchObject({
      next: expect.not.stringContaining('npm run build'),
    });
  });
});

describe('a client that the server serves', () => {
  const app = {
    'package.json': manifest({ scripts: { start: 'node server/index.js' } }),
    'server/index.js': `const express = require('express');
const app = express();
app.use(express.static(require('path').join(__dirname, '../client/dist')));
app.listen(3000);
`,
    'client/package.json': manifest({ scripts: { build: 'node build.js' } }),
    'client/build.js': "require('fs').mkdirSync('dist'); require('fs').writeFileSync('dist/index.html', 'built');",
  };

  it('is built where its packages are installed', async () => {
    const { directory, result } = await adopted({ ...app, 'client/node_modules/x/package.json': '{}' });
    expect(readFileSync(path.join(directory, 'client/dist/index.html'), 'utf8')).toBe('built');
    expect(result.nextSteps.map(({ command }) => command).join()).not.toContain('npm run build');
  });

  it('is the next step elsewhere, and with --no-install', async () => {
    const { directory, result } = await adopted(app);
    const commands = result.nextSteps.map(({ command }) => command);
    expect(commands.filter((command) => command.startsWith('npm '))).toEqual([
      expect.stringMatching(/^npm install --prefix .*client"?$/),
      expect.stringMatching(/^npm run build --prefix .*client"?$/),
    ]);
    expect(existsSync(path.join(directory, 'client/dist'))).toBe(false);
    const kept = await adopted({ ...app, 'client/node_modules/x/package.json': '{}' }, { install: false });
    expect(existsSync(path.join(kept.directory, 'client/dist'))).toBe(false);
  });

  it('that cannot be built undoes what was written', async () => {
    const directory = folderWith({
      ...app,
      'client/node_modules/x/package.json': '{}',
      'client/build.js': 'process.exit(1)',
    });
    await expect(init({ directory }, talk())).rejects.toMatchObject({ code: 'BUILD_FAILED' });
    expect(existsSync(path.join(directory, 'web.config'))).toBe(false);
    expect(existsSync(path.join(directory, 'iisnode-entry.cjs'))).toBe(false);
  });

  it('names the package that has the server', async () => {
    const { result } = await adopted({
      'package.json': manifest(),
      'server/package.json': manifest({ name: 'the-server', main: 'index.js' }),
      'server/index.js': listening,
    });
    expect(result.notes).toEqual([
      expect.stringContaining('the package in server (the-server): its entry point is server/index.js'),
    ]);
  });
});
