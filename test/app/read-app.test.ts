import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type App, readApp } from '../../src/app/index.js';
import { makePipe, testFolder } from '../files/folder.js';

function appWith(files: Readonly<Record<string, string>>, environment: Record<string, string> = {}): App {
  const root = testFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return readApp(root, { environment });
}

const config = (inner: string, settings = ''): string =>
  `<configuration>${settings}<system.webServer>${inner}</system.webServer></configuration>`;
const handler = (name: string, at: string): string => `<add name="${name}" path="${at}" verb="*" modules="iisnode" />`;
const rewriteTo = (url: string): string =>
  `<rewrite><rules><rule name="r"><match url=".*" /><action type="Rewrite" url="${url}" /></rule></rules></rewrite>`;

describe('the program that web.config maps to iisnode', () => {
  it.each<[string, string, Readonly<Record<string, string>>, string | undefined]>([
    ['a handler names', `<handlers>${handler('a', 'server.js')}</handlers>`, { 'server.js': '' }, 'server.js'],
    [
      'is the first of several that is there',
      `<handlers>${handler('a', 'old.js, bin/www')}</handlers>`,
      { 'bin/www': '' },
      'bin/www',
    ],
    [
      'a handler of a file that configSource names',
      '<handlers configSource="handlers.config" />',
      { 'handlers.config': `<handlers>${handler('a', 'app.js')}</handlers>`, 'app.js': '' },
      'app.js',
    ],
    [
      'is not one that is removed again',
      `<handlers>${handler('a', 'old.js')}<remove name="a" />${handler('b', 'new.js')}</handlers>`,
      { 'old.js': '', 'new.js': '' },
      'new.js',
    ],
    [
      'a rule names where the handler has a pattern',
      `<handlers>${handler('a', '*.js')}</handlers>${rewriteTo('src/server.js')}`,
      { 'src/server.js': '' },
      'src/server.js',
    ],
    [
      'is none where no handler takes what a rule names',
      `<handlers>${handler('a', '*.cjs')}</handlers>${rewriteTo('server.js')}`,
      { 'server.js': '' },
      undefined,
    ],
    ['is none without a handler', rewriteTo('server.js'), { 'server.js': '' }, undefined],
    [
      'is what stands in the file where IIS refuses the section',
      `<handlers>${handler('a', 'server.js')}<add name="x" /></handlers>`,
      { 'server.js': '' },
      'server.js',
    ],
  ])('%s', (_what, inner, files, name) => {
    expect(appWith({ 'web.config': config(inner), ...files }).entry?.name).toBe(name);
  });

  it('is found in a location for the folder itself, and below an absolute rewrite', () => {
    const settings = '<appSettings><add key="virtualDirPath" value="/dante" /></appSettings>';
    const inside = `<location path="."><system.webServer><handlers>${handler('a', 'bin/*')}</handlers></system.webServer></location>`;
    const text = `<configuration>${settings}${inside}<system.webServer>${rewriteTo('/dante/bin/www')}</system.webServer></configuration>`;
    expect(appWith({ 'web.config': text, 'bin/www': '' }).entry).toMatchObject({ name: 'bin/www', from: 'rewrite' });
  });
});

describe('the folder of the logs', () => {
  const handlers = `<handlers>${handler('a', 'bin/www')}</handlers>`;
  it.each<[string, string, Readonly<Record<string, string>>, readonly string[]]>([
    ['is iisnode beside the program', '', {}, ['bin', 'iisnode']],
    ['is what web.config says', '<iisnode logDirectory="..\\mine" />', {}, ['mine']],
    [
      'is what iisnode.yml says',
      '<iisnode logDirectory="mine" />',
      { 'bin/IISNode.yml': 'logDirectory: own\n' },
      ['bin', 'own'],
    ],
    [
      'is what the file says that configOverrides names',
      '<iisnode configOverrides="other.yml" />',
      { 'bin/other.yml': 'logDirectory: own\n' },
      ['bin', 'own'],
    ],
    ['has the variables of the worker process in it', '<iisnode logDirectory="%PLACE%" />', {}, ['bin', 'there']],
    ['is the usual one where iisnode.yml cannot be used', '', { 'bin/iisnode.yml': 'no colon' }, ['bin', 'iisnode']],
  ])('%s', (_what, section, files, wanted) => {
    const app = appWith({ 'web.config': config(handlers + section), 'bin/www': '', ...files }, { PLACE: 'there' });
    expect(app.logDirectoryOf('bin/www')).toBe(path.join(app.directory, ...wanted));
  });

  it('is what a location for the program says', () => {
    const location =
      '<location path="bin/www"><system.webServer><iisnode logDirectory="own" /></system.webServer></location>';
    const text = `<configuration>${location}<system.webServer>${handlers}</system.webServer></configuration>`;
    const app = appWith({ 'web.config': text, 'bin/www': '' });
    expect(app.logDirectoryOf('bin/www')).toBe(path.join(app.directory, 'bin', 'own'));
  });
});

describe('package.json', () => {
  it('is read once, with what is wrong in it', () => {
    const app = appWith({
      'package.json':
        '\uFEFF{ "main": "x.js", "scripts": { "build": "tsc", "n": 1 }, "workspaces": { "packages": ["a"] } }',
    });
    const { manifest } = app;
    expect(manifest).toMatchObject({
      isRead: true,
      main: 'x.js',
      scripts: { build: 'tsc' },
      workspaces: ['a'],
      fault: undefined,
    });
    writeFileSync(manifest.file, '{');
    expect(app.manifest).toBe(manifest);
    expect(readApp(app.directory).manifest).toMatchObject({
      isRead: false,
      main: undefined,
      fault: { reason: expect.any(String) },
    });
  });

  it('that is not there is no fault', () => {
    expect(appWith({}).manifest).toMatchObject({ isRead: false, fault: undefined, dependencies: {} });
  });
});

describe.runIf(process.platform !== 'win32')('a named pipe in place of web.config', () => {
  it('reports a fault when web.config is read, and not before', () => {
    const app = appWith({ 'server.js': '' });
    makePipe(path.join(app.directory, 'web.config'));
    expect(app.folder.isFile('server.js')).toBe(true);
    expect(() => app.entry).toThrow(expect.objectContaining({ code: 'FILE_NOT_REGULAR' }));
  });
});
