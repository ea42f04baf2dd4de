import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';

const only = ['DEPENDENCIES_NOT_INSTALLED', 'DEPENDENCY_NOT_DECLARED'];

interface App {
  readonly server: string;
  readonly manifest?: object;
  /** Packages in its node_modules, with what they depend on; no node_modules at all without it. */
  readonly installed?: Readonly<Record<string, readonly string[]>>;
  readonly files?: Readonly<Record<string, string>>;
}

/** 'error DEPENDENCIES_NOT_INSTALLED' and so on for an app whose package.json names a and b. */
async function said(app: App): Promise<string[]> {
  const { findings } = await diagnose('.', { cwd: folderOf(app), only });
  return findings.map(({ severity, rule }) => `${severity} ${rule}`);
}

function folderOf({ server, manifest = {}, installed, files = {} }: App): string {
  const cwd = mkdtempSync(path.join(os.tmpdir(), 'doctor-dependencies-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(cwd, name)), { recursive: true });
    writeFileSync(path.join(cwd, name), text);
  };
  write('server.js', server);
  write('package.json', JSON.stringify({ main: 'server.js', dependencies: { a: '1', b: '1' }, ...manifest }));
  for (const [name, needs] of Object.entries(installed ?? {})) {
    const dependencies = Object.fromEntries(needs.map((each) => [each, '1']));
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, dependencies }));
  }
  for (const [name, text] of Object.entries(files)) write(name, text);
  return cwd;
}

const a = { a: [] };
const ab = { a: [], b: [] };

describe('a dependency that is missing', () => {
  const warning = ['warning DEPENDENCIES_NOT_INSTALLED'];
  const error = ['error DEPENDENCIES_NOT_INSTALLED'];

  it.each([
    ['before npm install', { server: "require('a'); require('b');" }, warning],
    ['from node_modules', { server: "require('a'); require('b');", installed: a }, error],
    ['from node_modules, as an ES module asks for it', { server: "import b from 'b/x.js';", installed: a }, error],
    ['for a module of the app', { server: "require('./x');", files: { 'x.js': "require('b');" }, installed: a }, error],
    ['for a function', { server: "exports.f = () => require('b');", installed: a }, warning],
    ['on a condition', { server: "if (process.env.B) require('b');", installed: a }, warning],
    ['for import()', { server: "import('b').then(start);", installed: a }, error],
    ['for import() with a way out', { server: "import('b').then(start).catch(report);", installed: a }, warning],
    [
      'for a module that is loaded later',
      { server: "exports.f = () => require('./x');", files: { 'x.js': "require('b');" }, installed: a },
      warning,
    ],
    ['where that is caught', { server: "try { require('b'); } catch {}", installed: a }, []],
    ['and not loaded', { server: "require('a');", installed: a }, []],
  ] as [string, App, string[]][])('%s', async (_where, app, expected) => expect(await said(app)).toEqual(expected));

  it('at the start is named before one that is asked for later', async () => {
    const app = { server: "exports.f = () => require('a'); require('b');", installed: { c: [] } };
    expect(await said(app)).toEqual(error);
  });
});

describe('a package that package.json does not name', () => {
  const warning = ['warning DEPENDENCY_NOT_DECLARED'];
  const lock = (packages: object): Record<string, string> => ({ 'package-lock.json': JSON.stringify({ packages }) });

  it.each([
    ['lies in node_modules', { server: "require('c/deep');", installed: { ...ab, c: [] } }, warning],
    ['lies there in a scope', { server: "require('@c/d/deep');", installed: { ...ab, '@c/d': [] } }, warning],
    ['is nowhere', { server: "require('c');", installed: ab }, ['error DEPENDENCY_NOT_DECLARED']],
    ['is not in the lock file either', { server: "require('c');", files: lock({ '': {} }) }, warning],
    [
      'is for development',
      { server: "require('c');", manifest: { devDependencies: { c: '1' } }, installed: { ...ab, c: [] } },
      ['info DEPENDENCY_NOT_DECLARED'],
    ],
    [
      'is what only a package for development brings',
      { server: "require('c');", installed: { ...ab, c: [], d: ['c'] }, manifest: { devDependencies: { d: '1' } } },
      warning,
    ],
  ] as [string, App, string[]][])('%s', async (_where, app, expected) => expect(await said(app)).toEqual(expected));

  it.each([
    ['is a builtin', { server: "require('fs/promises'); require('node:test'); require('http');", installed: ab }],
    ['comes with another one', { server: "require('c');", installed: { ...ab, a: ['d'], d: ['c'], c: [] } }],
    [
      'comes with another one, by the lock file',
      { server: "require('c');", files: lock({ 'node_modules/a': { dependencies: { c: '1' } } }) },
    ],
    ['may come with another one', { server: "require('c');" }],
    ['may be missing', { server: "try { require('c'); } catch {}", installed: ab }],
    ['is optional', { server: "require('c');", manifest: { optionalDependencies: { c: '1' } }, installed: ab }],
    ['is a peer', { server: "require('c');", manifest: { peerDependencies: { c: '1' } }, installed: ab }],
    ['is an alias', { server: "require('@/c'); require('~/c'); require('#c');", installed: ab }],
    [
      'is an alias that looks like a package',
      { server: "require('c');", manifest: { _moduleAliases: { c: 'lib' } }, installed: ab },
    ],
    ['is a folder of the app', { server: "require('lib/x');", files: { 'lib/x.js': '' }, installed: ab }],
    ['is for tests', { server: "require('a');", files: { 'test/x.js': "require('c');" }, installed: { ...ab, c: [] } }],
    [
      'is for development and loaded on a condition',
      { server: "if (dev) require('c');", manifest: { devDependencies: { c: '1' } }, installed: { ...ab, c: [] } },
    ],
    ["is the business of Plug'n'Play", { server: "require('c');", files: { '.pnp.cjs': '' }, installed: ab }],
    [
      'is another package of the workspace',
      { server: "require('c');", files: { 'packages/c/package.json': '{ "name": "c" }' }, installed: { ...ab, c: [] } },
    ],
  ] as [string, App][])('is left alone when it %s', async (_why, app) => expect(await said(app)).toEqual([]));
});

describe('a package of a workspace that is not linked', () => {
  const packages = {
    'packages/shared/package.json': '{ "name": "@acme/shared", "main": "index.js" }',
    'packages/shared/index.js': '',
  };
  const server = "require('@acme/shared');";
  const found = async (app: App, at = '.') => {
    const cwd = folderOf(app);
    const { findings } = await diagnose(path.join(cwd, at), { cwd, only });
    return findings.map(({ severity, rule, fix }) => ({ severity, rule, fix }));
  };
  const rule = 'DEPENDENCIES_NOT_INSTALLED';

  it.each([
    ['npm install', {}],
    ['yarn install', { 'yarn.lock': '' }],
    ['pnpm install', { 'pnpm-lock.yaml': '' }],
  ])('is linked by %s in the folder of the workspace', async (command, files) => {
    const manifest = { workspaces: ['packages/*'] };
    expect(await found({ server, manifest, installed: ab, files: { ...packages, ...files } })).toEqual([
      {
        severity: 'error',
        rule,
        fix: `${command}, in the folder of the workspace: it links packages/shared in node_modules`,
      },
    ]);
  });

  it('the folder of the workspace may be above the app', async () => {
    const app = {
      server: '',
      manifest: { workspaces: ['packages/*'] },
      installed: {},
      files: {
        ...packages,
        'packages/web/package.json': '{ "main": "server.js", "dependencies": { "@acme/shared": "*" } }',
        'packages/web/server.js': server,
      },
    };
    const all = await found(app, 'packages/web');
    expect(all).toEqual([{ severity: 'warning', rule, fix: 'npm install, in the folder of the workspace, ../..' }]);
  });

  it('is linked by no command where no package.json names it', async () => {
    expect(await found({ server, installed: ab, files: packages })).toEqual([
      {
        severity: 'error',
        rule,
        fix: '"workspaces": ["packages/shared"] in package.json, then npm install: it links them in node_modules',
      },
    ]);
  });

  it.each([
    ['linked', { installed: { ...ab, '@acme/shared': [] } }],
    [
      'linked where the server is',
      {
        installed: ab,
        files: { 'packages/web/node_modules/@acme/shared/package.json': '{}', 'packages/web/package.json': '{}' },
      },
    ],
    ['of Plug and Play', { files: { '.pnp.cjs': '' } }],
    ['not loaded', { server: '', installed: ab }],
  ])('nothing is said of one that is %s', async (_what, { files, ...app }: Partial<App>) => {
    expect(
      await found({ server, manifest: { workspaces: ['packages/*'] }, ...app, files: { ...packages, ...files } }),
    ).toEqual([]);
  });
});
