import { describe, expect, it } from 'vitest';
import type { InitOptions } from '../../src/scaffold/types.js';
import { init } from '../support/init.js';
import { folderWith, talk, textsIn } from './workspace.js';

const listening = "require('http').createServer().listen(process.env.PORT);\n";
const handler = (file: string): string =>
  `<configuration><system.webServer><handlers><add name="n" path="${file}" verb="*" modules="iisnode" /></handlers></system.webServer></configuration>`;
const adopt = (folder: string, options: Partial<InitOptions> = {}) =>
  init({ directory: folder, path: '/x', install: false, ...options }, talk());

describe('an app without package.json', () => {
  it.each<[what: string, files: Record<string, string>, options: Partial<InitOptions>, entry: string]>([
    ['server.js', { 'server.js': listening, 'index.html': '<p>' }, {}, 'server.js'],
    ['index.js', { 'index.js': listening }, {}, 'index.js'],
    [
      'an ES module',
      { 'app.mjs': "import http from 'node:http';\nhttp.createServer().listen(process.env.PORT);\n" },
      {},
      'app.mjs',
    ],
    ['the one that listens', { 'server.js': listening, 'app.js': 'document.title = 1;\n' }, {}, 'server.js'],
    ['what --entry names', { 'chat.js': listening, 'notes.txt': '' }, { entry: 'chat.js' }, 'chat.js'],
    ['what web.config maps', { 'web.config': handler('chat.js'), 'chat.js': 'start();\n' }, {}, 'chat.js'],
    ['a server that Deno runs, too', { 'deno.json': '{ "tasks": {} }', 'server.js': listening }, {}, 'server.js'],
    [
      '--entry in an app of Deno',
      { 'deno.json': '{ "imports": {} }', 'server.js': listening },
      { entry: 'server.js' },
      'server.js',
    ],
    [
      'a package below',
      { 'api/package.json': '{ "main": "s.js" }', 'api/s.js': listening, 'web/x.css': '' },
      {},
      'api/s.js',
    ],
  ])('with %s is adopted', async (_what, files, options, entry) => {
    const folder = folderWith(files);
    const result = await adopt(folder, options);
    expect(result).toMatchObject({ kind: 'adopted', entry });
    const { 'web.config': _w, ...others } = files;
    expect(textsIn(folder)).toMatchObject(others);
    expect(textsIn(folder)).not.toHaveProperty('package.json');
    expect((await adopt(folder, options)).nothingToDo).toBe(true);
  });

  it.each<[what: string, files: Record<string, string>, options: Partial<InitOptions>, code: string]>([
    ['a script of a browser', { 'index.js': 'document.title = 1;\n', 'index.html': '<p>' }, {}, 'FOLDER_NOT_EMPTY'],
    ['--entry without its file', { 'notes.txt': '' }, { entry: 'chat.js' }, 'ENTRY_NOT_FOUND'],
    ['two that listen', { 'server.js': listening, 'app.js': listening }, {}, 'ENTRY_UNCLEAR'],
    ['a template', { 'server.js': listening }, { template: 'minimal' }, 'FOLDER_NOT_EMPTY'],
    ['an app of Deno', { 'deno.json': '{}', 'main.ts': 'Deno.serve(() => new Response());\n' }, {}, 'DENO_APP'],
    ['a script of Deno', { 'deno.json': '{}', 'main.ts': 'Deno.serve();\n' }, { entry: 'main.ts' }, 'DENO_APP'],
    ["packages of Deno's", { 'deno.jsonc': '{ "imports": {} }', 'server.js': listening }, {}, 'DENO_APP'],
    ['a web.config that maps a missing file', { 'web.config': handler('chat.js') }, {}, 'FOLDER_NOT_EMPTY'],
  ])('is not seen in %s', async (_what, files, options, code) => {
    const folder = folderWith(files);
    await expect(adopt(folder, options)).rejects.toMatchObject({ code });
    expect(textsIn(folder)).toEqual(files);
  });
});
