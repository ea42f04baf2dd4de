import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { gatherFacts, rules, runRules } from '../../src/doctor/index.js';
import { copyOf } from './expect-codes.js';

const listens = 'require("http").createServer().listen(process.env.PORT);\n';
const imports = 'import http from "node:http";\nhttp.createServer().listen(process.env.PORT);\n';
const wrong = 'const a = ;\n';

/** What the two rules say of an app with these files, the handler naming the entry. */
function saidOf(entry: string, files: Readonly<Record<string, string | Buffer>>, iisnode = ''): string[] {
  const folder = copyOf('everything-right');
  for (const name of ['server.js', 'package.json']) rmSync(path.join(folder, name));
  const config =
    `<configuration><system.webServer><handlers><add name="iisnode" path="${entry}" verb="*" modules="iisnode" />` +
    `</handlers>${iisnode}</system.webServer></configuration>`;
  for (const [name, text] of Object.entries({ 'web.config': config, ...files })) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  const only = ['ENTRY_SYNTAX_ERROR', 'PACKAGE_JSON_INVALID'];
  return runRules(rules, gatherFacts('.', { cwd: folder }), { only }).diagnoses.map(
    ({ finding: { rule, severity, message, file, line, column } }) =>
      `${severity} ${rule} ${path.relative(folder, file ?? '').replaceAll(path.sep, '/')}:${line}:${column} ${message}`,
  );
}

describe('a valid entry point is never called wrong', () => {
  const module = '{ "type": "module" }';
  it.each<[string, string, Record<string, string>]>([
    ['CommonJS', 'server.js', { 'server.js': listens }],
    [
      'CommonJS with return, a hashbang and await as a name',
      'bin/www',
      { 'bin/www': `#!/usr/bin/env node\nvar await;\n${listens}return;` },
    ],
    ['.cjs in a package of modules', 'a.cjs', { 'a.cjs': `${listens}with (process) {}`, 'package.json': module }],
    ['an ES module by its name', 'a.mjs', { 'a.mjs': imports }],
    [
      'an ES module by package.json',
      'a.js',
      { 'a.js': `${imports}await 1;\nusing b = c();\n`, 'package.json': module },
    ],
    ['an ES module by its syntax', 'a.js', { 'a.js': `${imports}import b from "./b.json" with { type: "json" };\n` }],
    ['with a byte-order mark and CR LF', 'server.js', { 'server.js': `\ufeff'use strict';\r\n${listens}\r\n` }],
    ['an empty file', 'server.js', { 'server.js': '' }],
    [
      'TypeScript, which newer versions of node run',
      'server.ts',
      { 'server.ts': 'const port: number = 1;\nenum A {}\n' },
    ],
    [
      'modules in TypeScript and JSX',
      'server.js',
      { 'server.js': `require("./a");require("./b.jsx");\n${listens}`, 'a.ts': 'let a: 1', 'b.jsx': '<b />' },
    ],
    ['JSON that is loaded', 'server.js', { 'server.js': `require("./a.json");\n${listens}`, 'a.json': '{ "a": 1 }' }],
    [
      'a broken script that nothing loads',
      'server.js',
      { 'server.js': listens, 'public/a.js': wrong, 'test/b.js': wrong },
    ],
    [
      'what ts-node compiles',
      'server.js',
      { 'server.js': 'require("ts-node/register");\nrequire("./a");\n', 'a.js': '<b />' },
    ],
  ])('%s', (_name, entry, files) => expect(saidOf(entry, files)).toEqual([]));

  it.each([
    'node.exe -r ts-node/register',
    'node.exe --import tsx',
    '&quot;%programfiles%\\nodejs\\node.exe&quot; --loader ts-node/esm',
    'C:\\tools\\ts-node.cmd',
    'bun.exe',
  ])('what runs by %s', (command) => {
    const section = `<iisnode nodeProcessCommandLine="${command}" />`;
    expect(saidOf('server.js', { 'server.js': 'const a: string = 1;' }, section)).toEqual([]);
  });
});

describe('an invalid one is', () => {
  it.each<[string, string, Record<string, string>, string]>([
    ['in its own file', 'server.js', { 'server.js': `${listens}\n${wrong}` }, 'server.js:3:11 server.js is'],
    [
      'in a module',
      'server.js',
      { 'server.js': 'require("./lib/a");', 'lib/a.js': `'use strict';\n${wrong}` },
      'lib/a.js:2:11 lib/a.js, which server.js loads, is',
    ],
    [
      'in a module of a module',
      'a.mjs',
      { 'a.mjs': 'import "./b.mjs";', 'b.mjs': 'export * from "./c.mjs";', 'c.mjs': wrong },
      'c.mjs:1:11 c.mjs, which a.mjs loads, is',
    ],
    ['CommonJS where a module is wanted', 'a.mjs', { 'a.mjs': 'with (process) {}' }, 'a.mjs:1:1 a.mjs is'],
    ['a module where CommonJS is wanted', 'a.cjs', { 'a.cjs': imports }, 'a.cjs:1:1 a.cjs is'],
    ['behind a byte-order mark', 'server.js', { 'server.js': `\ufeff${wrong}` }, 'server.js:1:11 server.js is'],
  ])('%s', (_name, entry, files, said) => {
    expect(saidOf(entry, files)).toEqual([
      expect.stringContaining(`error ENTRY_SYNTAX_ERROR ${said} not JavaScript: `),
    ]);
  });

  it('said also where node is called by its path and with options of its own', () => {
    const section =
      '<iisnode nodeProcessCommandLine="&quot;%programfiles%\\nodejs\\node.exe&quot; --max-old-space-size=512" />';
    expect(saidOf('server.js', { 'server.js': wrong }, section)).toHaveLength(1);
  });

  it('said once, though two entry points load it', () => {
    const config = { 'a.js': 'require("./c");', 'b.js': 'require("./c");', 'c.js': wrong };
    expect(saidOf('a.js,b.js', config)).toHaveLength(1);
  });
});

describe('a package.json', () => {
  const said = (text: string | Buffer): string[] => saidOf('server.js', { 'server.js': listens, 'package.json': text });

  it.each<[string, string | Buffer]>([
    ['with a byte-order mark', '\ufeff{}'],
    ['with names that come twice', '{ "name": "a", "name": "b" }'],
    ['with a main that is not there', '{ "main": "none.js" }'],
    [
      'with fields of odd types that node passes over',
      '{ "main": 5, "scripts": [], "exports": 5, "dependencies": null }',
    ],
    ['with U+FFFD', '{ "author": "J\ufffdrgen" }'],
    ['with an empty name', '{ "name": "" }'],
  ])('%s is right', (_name, text) => expect(said(text)).toEqual([]));

  it.each<[string, string | Buffer, string]>([
    ['empty', '', '1:1 package.json is not a valid package.json. It is empty.'],
    [
      'with a comment',
      '{\n  // a\n}',
      '2:3 package.json is not a valid package.json. There is a comment, which JSON does not have.',
    ],
    [
      'with a comma too many',
      '{ "a": 1, }',
      '1:9 package.json is not a valid package.json. There is a comma before the }.',
    ],
    [
      'with an array',
      '[]',
      '1:1 package.json is not a valid package.json. It is not an object: npm and node 22 need { .. }.',
    ],
    [
      'with null',
      ' null',
      '1:2 package.json is not a valid package.json. It is not an object: npm and node 22 need { .. }.',
    ],
    [
      'in UTF-16',
      Buffer.from('\ufeff{}', 'utf16le'),
      '1:1 package.json is not a valid package.json. It is UTF-16; node and npm read UTF-8.',
    ],
    [
      'in Latin-1',
      Buffer.from('{ "a": "ü" }', 'latin1'),
      '1:9 package.json is not a valid package.json. It is not UTF-8: node 22 and later refuse it.',
    ],
    [
      'with a number for a name',
      '{ "name": 5 }',
      '1:3 package.json is not a valid package.json. Its "name" is 5, not a string: node 22 and later refuse it.',
    ],
    [
      'with null for a type',
      '{ "type": null }',
      '1:3 package.json is not a valid package.json. Its "type" is null, not a string: node 22 and later refuse it.',
    ],
  ])('%s is wrong', (_name, text, message) => {
    expect(said(text)).toEqual([`error PACKAGE_JSON_INVALID package.json:${message}`]);
  });

  it('with a type that node does not know is a warning', () => {
    expect(said('{\n  "type": "Module"\n}')).toEqual([
      'warning PACKAGE_JSON_INVALID package.json:2:3 package.json is not a valid package.json. Its "type" is "Module": node knows only "module" and "commonjs" and ignores it.',
    ]);
  });

  it('that is a folder is reported as one', () => {
    expect(saidOf('server.js', { 'server.js': listens, 'package.json/a': '' })).toEqual([
      'error PACKAGE_JSON_INVALID package.json:1:1 package.json is a folder, not a file.',
    ]);
  });

  it('beside the entry point counts, one elsewhere does not', () => {
    const files = { 'srv/a.js': listens, 'srv/package.json': '{', 'other/package.json': '{' };
    expect(saidOf('srv/a.js', files)).toEqual([
      expect.stringContaining(
        'error PACKAGE_JSON_INVALID srv/package.json:1:2 srv/package.json is not a valid package.json. ',
      ),
    ]);
  });

  it('of more than 2 MB is a warning: node reads it', () => {
    expect(said(`{${' '.repeat(2 * 1024 * 1024)}}`)).toEqual([
      expect.stringMatching(
        /^warning PACKAGE_JSON_INVALID package\.json:1:1 package\.json is not read\. It is larger than 2 MB/,
      ),
    ]);
  });
});
