import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { crashReason } from '../../../src/host/backend/crash-reason.js';
import { ownInterceptor } from '../../../src/host/iisnode/index.js';
import { put } from '../harness.js';

interface Written {
  readonly stderr: string;
  readonly file: string;
  readonly folder: string;
}

/** What there is to read when node runs this app as iisnode runs it: its stderr log, with logging, and behind it its stderr. */
function wordsOf(files: Record<string, string>, logging: boolean): Written {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'crash-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) put(folder, name, content);
  const file = path.join(folder, Object.keys(files)[0] ?? '');
  const env = { ...process.env, ...(logging && { IISNODE_LOGGINGENABLED: '1', IISNODE_LOGDIRECTORY: 'logs' }) };
  const { stderr } = spawnSync(process.execPath, [ownInterceptor(), file], { cwd: folder, encoding: 'utf8', env });
  const logs = path.join(folder, 'logs');
  const names = logging ? readdirSync(logs).filter((name) => name.includes('-stderr-')) : [];
  const logged = names.map((name) => readFileSync(path.join(logs, name), 'utf8')).join('');
  return { stderr: `${logged}\n${stderr}`, file, folder };
}

const stderrOf = (script: string, name = 'server.js'): Written => wordsOf({ [name]: script }, false);
const requiresModules = Boolean(Reflect.get(process.features, 'require_module'));

describe('why a node process ended', () => {
  it.each([
    ['an error, with its place', "\nthrow new Error('no database');", 'Error: no database', 2],
    ['a syntax error, with its place', 'const a = 1;\nconst b = ;\n', "SyntaxError: Unexpected token ';'", 2],
    ['the first line of many', "throw new TypeError('one\\ntwo');", 'TypeError: one', 1],
    [
      'no properties of the error',
      "throw Object.assign(new Error('x'), { code: 'E', more: { a: {} } });",
      'Error: x',
      1,
    ],
    ['the error, not its cause', "throw new Error('outer', { cause: new Error('inner') });", 'Error: outer', 1],
    ['a rejection', "Promise.reject(new RangeError('no redis'));", 'RangeError: no redis', 1],
    ['an error event', "new (require('node:events'))().emit('error', new Error('sent'));", 'Error: sent', 1],
    ['what was thrown when it is no error', "throw 'boom';", 'boom', 1],
    ['the last line when nothing was thrown', "console.error('one\\ntwo'); process.exit(3);", 'two', undefined],
    ['nothing when it said nothing', 'process.exit(3);', '', undefined],
  ])('is %s', (_what, script, text, line) => {
    const { stderr, file } = stderrOf(script);
    expect(crashReason(stderr)).toMatchObject({ text, place: line === undefined ? undefined : { file, line } });
  });

  it('names a package that is not installed, and no file that is not there', () => {
    const missing = crashReason(stderrOf("require('no-such-package-here');").stderr);
    expect(missing).toMatchObject({
      text: "Error: Cannot find module 'no-such-package-here'",
      missingPackage: 'no-such-package-here',
    });
    const imported = crashReason(stderrOf("import 'no-such-package-here';", 'server.mjs').stderr);
    if (requiresModules) expect(imported.missingPackage).toBe('no-such-package-here');
    expect(crashReason(stderrOf("require('./config.json');").stderr).missingPackage).toBeUndefined();
  });

  it.each(['dist/trial-observer.cjs', 'src/doctor/trial/observer.cjs', 'iisnode-entry.cjs'])(
    'is placed in the app, not in %s, which wraps its calls',
    (wrapper) => {
      const { stderr, folder } = wordsOf(
        {
          'server.js': `const { call } = require('./${wrapper}');\n\ncall(() => 1);\n`,
          [wrapper]: "exports.call = () => {\n  throw new RangeError('a port');\n};\n",
        },
        false,
      );
      const place = { file: path.join(folder, 'server.js'), line: 3 };
      expect(crashReason(stderr)).toMatchObject({ text: 'RangeError: a port', place });
    },
  );

  it('is placed in a folder with parentheses, and behind an await', () => {
    const name = 'site (x86)/start.js';
    const { stderr, folder } = wordsOf({ 'server.js': `require('./${name}');\n`, [name]: 'null.x;\n' }, false);
    expect(crashReason(stderr).place).toEqual({ file: path.join(folder, name), line: 1 });
    const awaited =
      "const { readFile } = require('node:fs/promises');\n(async () => {\n  await readFile('nowhere');\n})();\n";
    const { stderr: later, file } = stderrOf(awaited);
    expect(crashReason(later).place).toEqual({ file, line: 3 });
  });

  it('knows where a module was thrown from', () => {
    const { stderr, file } = stderrOf("\n\nthrow new Error('x');", 'server.mjs');
    if (requiresModules) {
      expect(crashReason(stderr)).toMatchObject({ text: 'Error: x', place: { file, line: 3 } });
    }
  });

  it.each<[string, Record<string, string>, string, [string, number | undefined] | undefined]>([
    [
      'a syntax error in a module that is required',
      { 'server.js': "const a = 1;\nrequire('./lib/bad');", 'lib/bad.js': 'const x = 1;\n\nconst y = ;\n' },
      "SyntaxError: Unexpected token ';'",
      ['lib/bad.js', 3],
    ],
    [
      'a syntax error in a package',
      { 'server.js': "\nrequire('x');", 'node_modules/x/index.js': '\n\n\nclass { }' },
      "SyntaxError: Unexpected token '{'",
      ['node_modules/x/index.js', 4],
    ],
    [
      'TypeScript in a JavaScript file',
      { 'server.js': "\nconst http = require('http');\nconst port: string = process.env.PORT;\n" },
      'SyntaxError: Missing initializer in const declaration',
      ['server.js', 3],
    ],
    [
      'a syntax error in an ES module that is imported',
      { 'server.js': "import('./bad.mjs');", 'bad.mjs': '\n\nexport const = 4;\n' },
      "SyntaxError: Unexpected token '='",
      ['bad.mjs', 3],
    ],
    [
      'an export that is not there',
      {
        'server.js': "import('./main.mjs');",
        'main.mjs': "\nimport { no } from './a.mjs';",
        'a.mjs': 'export const a = 1;',
      },
      "SyntaxError: The requested module './a.mjs' does not provide an export named 'no'",
      ['main.mjs', 2],
    ],
    [
      'a file an ES module does not find',
      { 'server.js': "import('./main.mjs');", 'main.mjs': "\nimport './not-there.mjs';" },
      expect.stringMatching(
        /^Error \[ERR_MODULE_NOT_FOUND\]: Cannot find module '.*not-there\.mjs' imported from .*main\.mjs$/,
      ),
      ['main.mjs', undefined],
    ],
    [
      'a module that a required module does not find',
      { 'server.js': "\nrequire('./lib/a');", 'lib/a.js': "\n\n\nrequire('./not-there');" },
      "Error: Cannot find module './not-there'",
      ['lib/a.js', 4],
    ],
    [
      'code that is made from text',
      { 'server.js': "\n\nnew Function('a b c');" },
      expect.stringMatching(/^SyntaxError: Unexpected identifier/),
      ['server.js', 3],
    ],
    [
      'text that is no JSON',
      { 'server.js': "\n\nJSON.parse('{ bad');" },
      expect.stringMatching(/^SyntaxError: .* in JSON at position 2/),
      ['server.js', 3],
    ],
    [
      'an error inside a package, at the line of the app',
      { 'server.js': "\nrequire('x');", 'node_modules/x/index.js': "throw new Error('inside');" },
      'Error: inside',
      ['server.js', 2],
    ],
    ['null', { 'server.js': '\nthrow null;' }, 'null', ['server.js', 2]],
    ['an object', { 'server.js': '\nthrow { code: 5 };' }, '{ code: 5 }', ['server.js', 2]],
    [
      'an object without a prototype',
      { 'server.js': '\nthrow Object.create(null);' },
      '[Object: null prototype] {}',
      ['server.js', 2],
    ],
    [
      'an error without a stack',
      { 'server.js': "const e = new Error('bare');\ne.stack = undefined;\nthrow e;" },
      'Error: bare',
      ['server.js', 3],
    ],
    [
      'an error of a class of its own',
      { 'server.js': "class DatabaseDown extends Error {}\nthrow new DatabaseDown('gone');" },
      'DatabaseDown [Error]: gone',
      ['server.js', 2],
    ],
    [
      'an error of another name',
      { 'server.js': "throw Object.assign(new Error('gone'), { name: 'DatabaseDown' });" },
      expect.stringMatching(/^(?:DatabaseDown|Error): gone$/),
      ['server.js', 1],
    ],
    [
      'several errors at once',
      { 'server.js': "\nPromise.any([Promise.reject(new Error('a')), Promise.reject(new TypeError('b'))]);" },
      'AggregateError: All promises were rejected (Error: a; TypeError: b)',
      ['server.js', 2],
    ],
    [
      'an assertion',
      { 'server.js': "\nrequire('assert').strictEqual(1, 2);" },
      'AssertionError [ERR_ASSERTION]: Expected values to be strictly equal: 1 !== 2',
      ['server.js', 2],
    ],
    [
      'a rejection with text',
      { 'server.js': "Promise.reject('no redis');" },
      'UnhandledPromiseRejection: a promise was rejected with "no redis" and nothing handled it',
      undefined,
    ],
    [
      'the error, not an earlier one in the log',
      { 'server.js': "console.error(new Error('earlier'));\n\nthrow null;" },
      'null',
      ['server.js', 3],
    ],
    [
      'what an app logs before it ends itself',
      {
        'server.js':
          "process.on('uncaughtException', (e) => { console.error(e); process.exit(1); });\nthrow new Error('own');",
      },
      'Error: own',
      ['server.js', 2],
    ],
  ])('%s, with its place, with logging and without', (_what, files, text, place) => {
    for (const logging of [false, true]) {
      const { stderr, folder } = wordsOf(files, logging);
      const expected = place && { file: path.join(folder, place[0]), line: place[1] };
      expect(crashReason(stderr), stderr).toMatchObject({ text, place: expected });
    }
  });

  it.runIf(requiresModules)('a syntax error of an ES module that is required', () => {
    const files = { 'server.mjs': "import './bad.mjs';", 'bad.mjs': '\n\nexport const = 4;\n' };
    const { stderr, folder } = wordsOf(files, true);
    expect(crashReason(stderr)).toMatchObject({
      text: "SyntaxError: Unexpected token '='",
      place: { file: path.join(folder, 'bad.mjs'), line: 3 },
    });
  });

  it('a file that is no JSON is named, with the line or the offset node tells', () => {
    for (const logging of [false, true]) {
      const { stderr, folder } = wordsOf(
        { 'server.js': "\nrequire('./config.json');", 'config.json': '{\n  "a": 1,\n}\n' },
        logging,
      );
      const { text, place } = crashReason(stderr);
      expect(text).toMatch(/^SyntaxError: .*config\.json: Expected double-quoted property name in JSON at position 12/);
      expect(place?.file).toBe(path.join(folder, 'config.json'));
      expect(place?.line ?? place?.position).toBe(place?.line === undefined ? 12 : 3);
    }
  });

  it('is in one line, whatever stderr holds', () => {
    const line = fc.constantFrom('Error: x', 'Error', '    at f (/a.js:1:2)', '}', '', '\r', 'Node.js v20.0.0', '^');
    fc.assert(
      fc.property(fc.array(fc.oneof(line, fc.string())), (lines) => {
        expect(crashReason(lines.join('\n')).text).not.toMatch(/\n/);
      }),
    );
  });
});
