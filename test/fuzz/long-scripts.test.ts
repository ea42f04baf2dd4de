import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { temporaryFolder } from '../support/cli.js';
import { eightfold, processorTime } from '../support/growth.js';

let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
});
afterAll(() => remove());

const config = `<configuration><system.webServer>
  <handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>
  <rewrite><rules><rule name="app"><match url=".*" /><action type="Rewrite" url="server.js" /></rule></rules></rewrite>
</system.webServer></configuration>`;
const server = `const app = require('express')();
const server = require('http').createServer(app);
const io = require('socket.io')(server);
const options = { path: '/a' };
let x = 1;
`;
const socketPage = '<script src="/socket.io/socket.io.js"></script><script src="a.js"></script>';
const lines = (count: number, each: (number: number) => string, between = '\n'): string =>
  Array.from({ length: count }, (_, number) => each(number)).join(between);

type Files = Readonly<Record<string, string>>;
const inServer =
  (each: (number: number) => string, first = '', last = '') =>
  (count: number): Files => ({
    'server.js': `${server}${first}\n${lines(count, each)}\n${last}`,
  });
const inModule =
  (each: (number: number) => string) =>
  (count: number): Files => ({
    'server.js': `import { Server } from 'socket.io';\nnew Server(3000);\n${lines(count, each)}`,
    'package.json': '{ "type": "module", "dependencies": { "socket.io": "4" } }',
  });
const inTypeScript =
  (each: (number: number) => string) =>
  (count: number): Files => ({
    'server.ts': `import { Server } from 'socket.io';\n${lines(count, each)}`,
    'tsconfig.json': '{}',
  });
const inJsx =
  (each: (number: number) => string) =>
  (count: number): Files => ({
    'src/app.jsx': `import io from 'socket.io-client';\n${lines(count, each)}`,
  });
const inPageScript =
  (each: (number: number) => string, first = '', last = '') =>
  (count: number): Files => ({
    'public/a.js': `${first}\n${lines(count, each)}\n${last}`,
    'public/index.html': socketPage,
  });
const inPage =
  (each: (number: number) => string) =>
  (count: number): Files => ({
    'public/index.html': `<html>${socketPage}${lines(count, each)}</html>`,
  });

/** Apps with a file that repeats something as often as they are told. */
const apps: Readonly<Record<string, (count: number) => Files>> = {
  'a handler that is the server': inServer(() => `io.on('connection', io);`),
  handlers: inServer((n) => `io.on('connection', (socket) => { socket.emit('a${n}', 1); });`),
  calls: inServer(() => 'f();', 'function f() {}'),
  assignments: inServer((n) => `x = x + 1; options.k${n} = x;`),
  'requires of a file': inServer(() => `require('./other');`),
  'requires of packages': inServer((n) => `require('package${n}');`),
  'names of a required file': inServer((n) => `const { a: a${n} } = require('./other');`),
  functions: inServer((n) => `function f${n}() { return f${n + 1}(); }`),
  'nested functions': inServer((n) => `${lines(20, (at) => `function f${n}_${at}() {`, '')}io.x;${'}'.repeat(20)}`),
  'chains of calls': inServer(() => `io${'.of("/x")'.repeat(20)};`),
  'names for one another': inServer((n) => `const a${n + 1} = a${n};`, 'const a0 = io;'),
  'texts of one another': inServer((n) => `const a${n + 1} = a${n} + 'b';`, `const a0 = 'a';`, 'app.listen(a9);'),
  'a long list': (count) => inServer(() => `const list = [${lines(count, (n) => `'/socket.io/${n}'`, ',')}];`)(1),
  'nested lists': inServer(() => `${'['.repeat(20)}io${']'.repeat(20)};`),
  'else if': inServer(() => `if (io) {}${' else if (process.env.A) { app.listen(x); }'.repeat(20)}`),
  templates: inServer((n) => `const t${n} = \`a\${io}b\${${n}}\`;`),
  'pages in strings': inServer(() => `app.get('/', (q, r) => r.send('<script src="/a.js"></script>'));`),
  routes: inServer((n) => `app.get('/r${n}', (request, response) => response.send('x'));`),
  'static folders': inServer((n) => `app.use(require('express').static('public${n}'));`),
  listens: inServer(() => 'app.listen(process.env.PORT || 3000);'),
  'servers of socket.io': inServer((n) => `const io${n} = require('socket.io')(server, options);`),
  classes: inServer((n) => `class C${n} extends io.X { m() { return this.m(); } }`),
  'cases of a switch': inServer((n) => `case ${n}: io.emit('x'); break;`, 'switch (x) {', '}'),
  comments: inServer((n) => `// comment ${n}\n/* x */ io.x;`),
  'allowed findings': inServer((n) => `app.listen(3000); // iisnode-sock: allow FIXED_PORT because ${n}`),
  'imports of packages': inModule((n) => `import a${n} from 'package${n}'; a${n}();`),
  exports: inModule((n) => `export const a${n} = ${n};`),
  'exported functions': inModule((n) => `export function a${n}() { return a${n + 1}(); }`),
  types: inTypeScript((n) => `interface I${n} { a: string } type T${n} = I${n} | string;`),
  'typed functions': inTypeScript((n) => `function f${n}<T>(a: T, b?: string): T { return f${n + 1}(a); }`),
  enums: inTypeScript((n) => `enum E${n} { A, B = 2 }`),
  elements: inJsx((n) => `const e${n} = <div className="x" on={() => io.x}>{io}</div>;`),
  'connections of a page': inPageScript((n) => `io('http://localhost:3000/ns${n}');`),
  'requests of a page': inPageScript((n) => `fetch('/api/${n}').then((r) => r.json());`),
  'texts of one another in a page': inPageScript(
    (n) => `const s${n + 1} = s${n} + 'b';`,
    'const s0 = location.origin;',
    'io(s9);',
  ),
  'inline scripts': inPage(() => '<script>io();</script>'),
  'linked scripts': inPage((n) => `<script src="/a${n}.js"></script>`),
  tags: inPage((n) => `<img src="/i${n}.png"><form action="/p${n}"></form>`),
};

/** Milliseconds of processor time that the doctor takes for an app. */
async function timeFor(files: Files): Promise<number> {
  const all: Files = {
    'web.config': config,
    'server.js': `${server}server.listen(process.env.PORT);`,
    'other.js': 'exports.a = 1;',
    'package.json': '{ "dependencies": { "socket.io": "4", "express": "5" } }',
    ...files,
  };
  const app = path.join(folder, `${Object.keys(all).length}-${process.hrtime.bigint()}`);
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(path.dirname(path.join(app, name)), { recursive: true });
    writeFileSync(path.join(app, name), text);
  }
  return processorTime(() => diagnose(app, { cwd: folder }));
}

it.each(Object.entries(apps))('eight times as much takes at most 24 times as long: %s', async (_name, app) => {
  expect(await eightfold((parts) => timeFor(app(parts)), 1_000)).toBeLessThan(24);
});
