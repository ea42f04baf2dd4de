import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import { type LoaderSettings, loaderFiles } from '../../src/scaffold/loader.js';

const folder = path.join(import.meta.dirname, '..', '..', 'templates', 'loader');

/** The settings that a loader's text has, as node reads them. */
function settingsIn(text: string): LoaderSettings {
  const object = /const settings = Object\.freeze\((\{.*?^\})\);/ms.exec(text)?.[1] ?? 'no settings';
  return JSON.parse(vm.runInNewContext(`JSON.stringify(${object})`)) as LoaderSettings;
}

const textOf = (settings: Partial<LoaderSettings>): string => loaderFiles(settings).get('iisnode-entry.cjs') ?? '';

describe('the loader as a file', () => {
  it.each(readdirSync(folder))('%s is short, needs no package, and says its version first', (name) => {
    const text = readFileSync(path.join(folder, name), 'utf8');
    expect(text).toMatch(/^\/\/ iisnode-sock loader \d+\b/);
    expect(text.split('\n').length).toBeLessThan(300);
    const needed = [...text.matchAll(/\brequire\('([^']+)'\)/g)].map(([, module = '']) => module);
    expect(needed.filter((module) => !module.startsWith('node:') && module !== './iisnode-vdir.cjs')).toEqual([]);
  });
});

describe('loaderFiles', () => {
  it('is the template where nothing is set, and has a second file in a virtual directory only', () => {
    expect(textOf({})).toBe(readFileSync(path.join(folder, 'iisnode-entry.cjs'), 'utf8'));
    expect([...loaderFiles({ vdirPath: '/' }).keys()]).toEqual(['iisnode-entry.cjs']);
    expect([...loaderFiles({ vdirPath: '/chat' }).keys()]).toEqual(['iisnode-entry.cjs', 'iisnode-vdir.cjs']);
  });

  it('writes every setting so that node reads it back', () => {
    const settings: LoaderSettings = {
      entry: "it's/dist/main.js",
      args: ['start', '-p', '$1'],
      root: 'packages\\server',
      vdirPath: "/it's",
      stripVdirPath: false,
      rewritePages: true,
      port: 8080,
      env: { NODE_ENV: 'production', TEXT: 'a, // b' },
      envFiles: ['.env'],
      requires: ['dotenv/config', './pre.js'],
      imports: ['./$&.mjs'],
      clusterWorker: false,
      enableXFF: false,
      watchedFiles: '*.js;dist\\*.js',
      gracefulShutdownTimeout: 5000,
      listenTimeout: 3,
    };
    expect(settingsIn(textOf(settings))).toEqual(settings);
    expect(Object.keys(settingsIn(textOf({})))).toEqual(Object.keys(settings));
  });

  it('refuses a setting that the loader does not have', () => {
    const wrong = { entri: 'server.js' } as Partial<LoaderSettings>;
    expect(() => loaderFiles(wrong)).toThrow('the loader has no setting entri');
  });
});
